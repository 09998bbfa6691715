import { fillPhrase, type ReaderPhrases, writeDate } from '../../../platform/http/reader-phrases.ts'
import type { DraftRow } from '../draft/draft-queries.ts'
import { findReplaced } from '../enter/enter-queries.ts'
import { formQuestions } from '../form/questions.ts'
import { fillIsolated, type PageDeps, type SaidPage } from './page-deps.ts'
import { answerText, textIn } from './present-questions.ts'

/**
 * The page that makes a form an application: whose form it is and when it was sent, since anybody can send one in somebody
 * else's name; and whose application it would take the place of. Only the reader of the address's mail gets here.
 */
export async function verifySaid(
  { db }: PageDeps,
  draft: DraftRow,
  { words, done }: { words: ReaderPhrases; done: string | undefined },
): Promise<SaidPage> {
  const { answers, address, submitted_at, round_id, round_name: round, version } = draft
  const date = (at: Date) => writeDate(at, words, 'UTC')
  const replaced = address && submitted_at && (await findReplaced(db, { round_id, address, submitted_at }))
  const asked = formQuestions().filter(({ id }) => id === 'name' || id === 'country')
  const facts = asked.flatMap((question) =>
    answerText(question, { answers, words }).map((text) => ({ label: textIn(question.label, words), text })),
  )
  if (submitted_at) facts.push({ label: words.apply_verify_sent, text: date(submitted_at) })
  const replaces = replaced && {
    name: `\u2068${replaced.name}\u2069`,
    date: date(replaced.submitted_at),
  }
  return {
    title: words.apply_verify_title,
    notice: done === 'changed' ? words.apply_changed : '',
    facts,
    paragraphs: [
      fillIsolated(words.apply_verify_text, { round }, words),
      ...(replaces ? [fillPhrase(words.apply_verify_replaces, replaces)] : []),
      words.apply_verify_not,
    ],
    version,
    buttons: [{ label: words.apply_verify_button, value: 'verify' }],
  }
}
