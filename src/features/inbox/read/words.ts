import { readReplyText } from '../../../lib/reply-text/index.ts'
import { type Guess, guessReply } from '../guess/index.ts'

/** The text of a message, as it came and as ours went out before. */
export interface WordsInput {
  text: string | undefined
  html: string | undefined
  /** Of the message of ours that it answers. */
  sent: string | undefined
  subject: string
  /** The names of the round that was asked about. */
  round: readonly string[]
  /** False for what a machine wrote: it has no meaning to guess. */
  has_meaning: boolean
}

export interface Words {
  visible: string
  quoted: string
  guess: Guess | null
}

/** What somebody wrote, without what was quoted, and what it may mean. Pure, and may take a while for hostile text. */
export function readWords({ text, html, sent, subject, round, has_meaning }: WordsInput): Words {
  const cut = readReplyText({ text, html, sent })
  const visible = storable(cut.visible)
  const quoted = storable([cut.signature, cut.quoted].filter((part) => part !== '').join('\n\n'))
  const about = { visible, subject, had_quote: cut.had_quote, round }
  return { visible, quoted, guess: has_meaning ? guessReply(about) : null }
}

/** PostgreSQL's text and JSON hold neither NUL nor half of a surrogate pair. */
export const storable = (text: string) => text.replaceAll('\0', '').toWellFormed()
