import { fillPhrase, type ReaderPhrases } from '../../platform/http/reader-phrases.ts'
import type { Place } from './leave.ts'

/** The page about leaving a round: what follows, or that it is done, or that there is nothing to leave. */
export function presentLeave(
  place: Place | undefined,
  { token, words, is_test }: { token: string; words: ReaderPhrases; is_test: boolean },
) {
  const frame = { token, is_test, code: place?.code ?? '' }
  if (!place) return { ...frame, title: words.leave_none, texts: [words.leave_none_text], may_leave: false }
  const fill = (phrase: keyof ReaderPhrases) => fillPhrase(words[phrase], { round: place.name })
  if (place.is_left)
    return { ...frame, title: fill('left_title'), texts: [words.left_text, words.leave_emails], may_leave: false }
  const partner = place.has_partner ? [words.leave_partner] : []
  const texts = [words.leave_what, ...partner, words.leave_emails, words.leave_final]
  return { ...frame, title: fill('leave_ask'), texts, may_leave: true }
}
