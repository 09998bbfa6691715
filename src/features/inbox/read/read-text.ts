import type { Logger } from 'pino'
import type { DbOrTx } from '../../../platform/db/open.ts'
import type { Incoming, IncomingContext } from '../../../platform/mail/incoming/index.ts'
import type { Compose } from '../../deliveries/index.ts'
import type { Guess } from '../guess/index.ts'
import type { Origin } from './origin.ts'
import { findForComposing } from './origin-queries.ts'
import { storable } from './words.ts'
import type { ReadWords } from './words-reader.ts'

/** Reads one message in a thread of its own. */
export type ReadMail = (raw: Buffer, context: IncomingContext) => Promise<Incoming>

interface TextDeps {
  db: DbOrTx
  log: Pick<Logger, 'warn'>
  /** Makes a message of ours again, as it went out: its words are not the reader's. */
  compose: Compose
  read: ReadMail
  readWords: ReadWords
}

export interface ReadText {
  visible: string | null
  quoted: string | null
  /** Null of what is no reply, and of a text that could not be read. */
  guess: Guess | null
  /** It took too long, or the thread that read it fell over: perhaps not its own fault. */
  has_failed: boolean
}

/** Of reports and the like only the beginning is kept for a look. */
const SHOWN = 5000

/** What somebody wrote, without what was quoted, and what it may mean. */
export async function readText(
  deps: TextDeps,
  { incoming, context, origin }: { incoming: Incoming; context: IncomingContext; origin: Origin },
): Promise<ReadText> {
  const { kind, text, html, subject } = incoming
  const beginning = {
    visible: text === undefined ? null : storable(text.slice(0, SHOWN)),
    quoted: null,
    guess: null,
    has_failed: false,
  }
  if (kind !== 'reply' && kind !== 'auto_reply') return beginning
  const words = await deps.readWords({
    ...{ text, html, subject, round: origin.delivery?.round_names ?? [], has_meaning: kind === 'reply' },
    sent: await findSentText(deps, context, origin),
  })
  return words ? { ...words, has_failed: false } : { ...beginning, has_failed: true }
}

/** The text of ours that is answered; undefined when it cannot be made again, which only makes cutting harder. */
async function findSentText(deps: TextDeps, context: IncomingContext, { delivery }: Origin) {
  if (!delivery || delivery.is_test) return undefined
  try {
    const row = await findForComposing(deps.db, delivery.id)
    if (!row) return undefined
    const composed = (await deps.compose([row]))(row)
    return 'fault' in composed ? undefined : (await deps.read(composed.message, context)).text
  } catch (error) {
    deps.log.warn({ err: error, delivery_id: delivery.id }, 'the answered message could not be made again')
    return undefined
  }
}
