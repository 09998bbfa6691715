import { fillPhrase, type ReaderPhrases, writeDate } from '../../platform/http/reader-phrases.ts'
import type { Reader } from './page.ts'
import type { OwnPartnership } from './page-queries.ts'
import { ANSWERS, type CheckInAnswer } from './rules.ts'

const WORDS: Record<CheckInAnswer, keyof ReaderPhrases> = {
  in_touch: 'check_in_in_touch',
  no_answer: 'check_in_no_answer',
  not_written: 'check_in_not_written',
  wants_new_partner: 'check_in_wants_new_partner',
  must_stop: 'check_in_must_stop',
}

/** What follows from an answer, or does not. */
const AFTER: Record<CheckInAnswer, keyof ReaderPhrases> = {
  in_touch: 'check_in_after_in_touch',
  no_answer: 'check_in_after_no_answer',
  not_written: 'check_in_after_not_written',
  wants_new_partner: 'check_in_after_wants_new_partner',
  must_stop: 'check_in_after_must_stop',
}

/**
 * The whole page as the template needs it.
 * @param input.preferences the token of the reader's preference page, where leaving the round is
 * @param input.done the partnership that was answered about a moment ago, as the address has it
 */
export function presentCheckIn(
  { link, partnerships }: Reader,
  input: { token: string; preferences: string; words: ReaderPhrases; done: number | undefined },
) {
  const { token, preferences, words, done } = input
  const { round_name: round, round_code, is_test } = link
  const isOpen = partnerships.length > 0
  return {
    token,
    is_test,
    is_open: isOpen,
    title: isOpen ? words.check_in_title : words.check_in_none_title,
    text: isOpen ? words.check_in_lede : fillPhrase(words.check_in_none_text, { round }),
    notice: partnerships.some(({ id, answer }) => id === done && answer !== null) ? words.check_in_done : '',
    partnerships: partnerships.map((one) => presentOne(one, words)),
    leave_href: `/p/preferences/${preferences}/leave?round=${encodeURIComponent(round_code)}`,
    leave: fillPhrase(words.check_in_leave, { round }),
  }
}

function presentOne({ id, partners, answer, said_at }: OwnPartnership, words: ReaderPhrases) {
  const date = said_at === null ? '' : writeDate(said_at, words, 'UTC')
  return {
    id,
    partners: partners.map(({ given_name, country_code }) => ({
      name: given_name,
      country: nameOfCountry(country_code, words.language),
    })),
    said: answer === null ? '' : fillPhrase(words.check_in_said, { date, answer: words[WORDS[answer]] }),
    after: answer === null ? '' : words[AFTER[answer]],
    must_stop: answer === 'must_stop',
    answers: ANSWERS.map((value) => ({ value, text: words[WORDS[value]], quiet: value !== 'in_touch' })),
  }
}

/** In the reader's language. A code that stands for no country any more is shown as it is. */
function nameOfCountry(code: string, language: string): string {
  try {
    return new Intl.DisplayNames(language, { type: 'region' }).of(code) ?? code
  } catch {
    return code
  }
}
