import { fillPhrase, type ReaderPhrases, writeDate } from '../../platform/http/reader-phrases.ts'
import type { PageState, Reader } from './page.ts'
import { SAID, type Said } from './rules.ts'

const TITLES: Record<PageState, keyof ReaderPhrases> = {
  asked: 'confirm_ask_title',
  too_late: 'confirm_over_title',
  confirmed: 'confirm_confirmed_title',
  declined: 'confirm_declined_title',
  lapsed: 'confirm_lapsed_title',
  waitlisted: 'confirm_waitlisted_title',
  not_asked: 'confirm_not_asked_title',
  introduced: 'confirm_introduced_title',
  left: 'confirm_left_title',
}

const TEXTS: Record<PageState, keyof ReaderPhrases> = {
  asked: 'confirm_ask_text',
  too_late: 'confirm_over_text',
  confirmed: 'confirm_confirmed_text',
  declined: 'confirm_declined_text',
  lapsed: 'confirm_lapsed_text',
  waitlisted: 'confirm_waitlisted_text',
  not_asked: 'confirm_not_asked_text',
  introduced: 'confirm_introduced_text',
  left: 'confirm_left_text',
}

/** What is said once about the click before. */
const DONE: Record<Said, keyof ReaderPhrases> = {
  confirmed: 'confirm_done_confirmed',
  declined: 'confirm_done_declined',
  withdrawn: 'confirm_done_withdrawn',
}

/** The whole page as the template needs it. @param input.done what was said a moment ago, as the address has it */
export function presentConfirm(
  { link, state, is_over, lacks_conduct, may }: Reader,
  { token, words, done }: { token: string; words: ReaderPhrases; done: string | undefined },
) {
  const { round_name: round, confirm_by } = link
  const date = confirm_by === null ? '' : writeDate(new Date(`${confirm_by}T00:00:00Z`), words, 'UTC')
  const fill = (phrase: keyof ReaderPhrases) => fillPhrase(words[phrase], { round, date })
  const said = SAID.find((answer) => answer === done && isStill(answer, state))
  return {
    token,
    title: fill(TITLES[state]),
    text: fill(TEXTS[state]),
    notice: said ? words[DONE[said]] : '',
    is_test: link.is_test,
    lacks_conduct,
    over: is_over && date !== '' ? fill('confirm_over') : '',
    until: may.length > 0 && date !== '' && !may.includes('withdrawn') ? fill('confirm_until') : '',
    // What one agrees to is read before, and can be read again after.
    promises: may.includes('confirmed') || state === 'confirmed',
    may_confirm: may.includes('confirmed'),
    may_decline: may.includes('declined'),
    may_withdraw: may.includes('withdrawn'),
    decline: words[state === 'confirmed' ? 'confirm_decline_after' : 'confirm_decline_button'],
    confirm: words[state === 'declined' ? 'confirm_confirm_after' : 'confirm_confirm_button'],
  }
}

/** An address that is opened again later does not thank for what is not so any more. */
function isStill(answer: Said, state: PageState): boolean {
  return answer === 'withdrawn' ? state === 'left' : state === answer
}
