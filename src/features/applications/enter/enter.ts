import { findCountryCode } from '../../../lib/countries.ts'
import type { DbOrTx } from '../../../platform/db/open.ts'
import { queueAutomatic } from '../../campaigns/index.ts'
import { readStandingConsents, recordConsent } from '../../consents/index.ts'
import { lockNewPeople, recordArrival } from '../../people/index.ts'
import { forgetContacts } from '../contact-queries.ts'
import { type DraftRow, updateDraft } from '../draft/draft-queries.ts'
import { applicationOf } from '../form/application-of.ts'
import { formQuestions } from '../form/questions.ts'
import { hasPlace } from '../triage/cap-rules.ts'
import { countForPlace, lockPlaces, recordStates } from '../triage/triage-queries.ts'
import { type ApplicationValues, insertApplication, lockApplication, updateApplication } from './enter-queries.ts'

/** Who left the round by their own word may come back with a new form; who was removed may not. */
const COMES_BACK = ['declined', 'lapsed', 'withdrawn']

/**
 * Makes a form that was sent, and whose address works, an application. In the caller's transaction, in which the draft
 * is locked: person, application, place and email are there together or not at all. One at a time for all of them, so
 * that of two forms of one person there is one application, and a country's share is exact.
 * @returns the application's state
 */
export async function enterApplication(tx: DbOrTx, draft: DraftRow, now: Date): Promise<string> {
  const { round_id, submitted_at, code_of_conduct_id, address } = draft
  if (!submitted_at || code_of_conduct_id === null || address === null)
    throw new Error(`form ${draft.id} was not sent as a whole`)
  const { given_name, family_name, language, ...form } = applicationOf(formQuestions(), draft.answers, findCountryCode)
  await lockNewPeople(tx)
  const { country_cap_percent } = await lockPlaces(tx, round_id)
  const { country_code } = form
  const arrival = { address, given_name, family_name, country_code, language, as_of: submitted_at }
  const person_id = await recordArrival(tx, arrival)
  const values = { ...form, submitted_at, code_of_conduct_id, code_of_conduct_agreed_at: submitted_at }
  const count = await countForPlace(tx, { round_id, country_code, person_id })
  // Who waits came before them: a place that is free is theirs first.
  const has_place = hasPlace({ ...count, applicants: count.applicants + 1, cap_percent: country_cap_percent })
  const entered = await enter(tx, { round_id, person_id, values, has_place, now })
  await recordAgreement(tx, draft, { person_id, submitted_at })
  if (entered.state === 'waitlisted' && entered.is_new)
    await queueAutomatic(tx, { key: 'country_waitlist', round_id, to: { person_id }, now })
  // What they wrote stands in the application now, and their address with the person.
  const kept = { application_id: entered.id, address_verified_at: draft.address_verified_at ?? now, answers: {} }
  await updateDraft(tx, draft.id, kept, now)
  await forgetContacts(tx, [draft.contact_id], now)
  return entered.state
}

/**
 * Programme mail comes with the application. Who has stopped it before stops it on: a form asks nothing about that, and
 * they can take it back by the link of any email.
 */
async function recordAgreement(
  tx: DbOrTx,
  { language }: Pick<DraftRow, 'language'>,
  { person_id, submitted_at }: { person_id: number; submitted_at: Date },
): Promise<void> {
  const { programme_mail } = await readStandingConsents(tx, person_id)
  if (!programme_mail.given) return
  const agreed = formQuestions().filter(({ kind }) => kind === 'agree')
  const read = agreed.every(({ label }) => label[language] !== undefined) ? language : 'en'
  const wording = agreed.map(({ label }) => `${label[read]}.`).join(' ')
  const decision = { purpose: 'programme_mail', given: true, at: submitted_at, wording, language: read } as const
  await recordConsent(tx, { ...decision, person_id, source: 'form' })
}

interface Entering {
  round_id: number
  person_id: number
  values: ApplicationValues
  has_place: boolean
  now: Date
}

async function enter(tx: DbOrTx, entering: Entering): Promise<{ id: number; state: string; is_new: boolean }> {
  const { values, has_place, now, ...whose } = entering
  const state = has_place ? 'applied' : 'waitlisted'
  const had = await lockApplication(tx, whose)
  if (!had) return { id: await insertApplication(tx, { ...whose, ...values, state, now }), state, is_new: true }
  // Of two forms the later one wins, whichever address was verified first.
  if (had.state === 'removed' || had.submitted_at > values.submitted_at)
    return { id: had.id, state: had.state, is_new: false }
  await updateApplication(tx, had.id, values)
  if (!COMES_BACK.includes(had.state)) return { id: had.id, state: had.state, is_new: false }
  await recordStates(tx, { application_ids: [had.id], state, source: 'form', by: null, now })
  return { id: had.id, state, is_new: true }
}
