import type { Clock } from '../../lib/clock.ts'
import { InvalidInput } from '../../lib/errors.ts'
import type { Db } from '../../platform/db/open.ts'
import { quoteDecision, type ReaderPhrases, readerPhrases } from '../../platform/http/reader-phrases.ts'
import { type Purpose, recordDecision } from '../consents/index.ts'
import { resubscribe, unsubscribe } from '../deliveries/index.ts'
import { endPause, pausePerson, updatePerson } from '../people/index.ts'
import { getProgramme } from '../programme/index.ts'
import { type ChangeValues, findReader, getChangeable, insertPreferenceChange, type ReaderRow } from './queries.ts'
import { endOfPause, offeredLanguages, zoneOfReader } from './rules.ts'

export interface PreferenceDeps {
  db: Db
  clock: Clock
}

type Consenting = keyof typeof READ

/** What a reader may decide with one button. */
export type Decision =
  | { decide: Consenting | 'resume' }
  /** A day, `YYYY-MM-DD`, on the reader's own clock. */
  | { decide: 'pause'; until: string }
  /** An empty family name: as it is. An empty zone: the country's. */
  | { decide: 'save'; given_name: string; family_name: string; language: string; time_zone: string }

/** The sentence that stands beside each button of consent, and the button: kept with the decision as they were read. */
export const READ = {
  stop_topics: ['topics_means', 'topics_stop'],
  start_topics: ['topics_off', 'topics_start'],
  stop_news: ['news_refusal', 'news_stop'],
  start_news: ['news_means', 'news_start'],
  stop_tracking: ['tracking_refusal', 'tracking_stop'],
  start_tracking: ['tracking_means', 'tracking_start'],
  stop_everything: ['everything_what', 'everything_button'],
  start_everything: ['stopped', 'again_button'],
} as const satisfies Record<string, readonly [keyof ReaderPhrases, keyof ReaderPhrases]>

/** The person behind a link; undefined when there is nobody to mail any more. */
export function findPreferences({ db, clock }: PreferenceDeps, deliveryId: number): Promise<ReaderRow | undefined> {
  return findReader(db, deliveryId, clock.now())
}

/**
 * Does what a reader decided; done twice it changes nothing more. A test email's link changes nothing: it went to
 * staff, who look at somebody else's email. @throws InvalidInput by field
 */
export async function decidePreferences(deps: PreferenceDeps, reader: ReaderRow, decision: Decision): Promise<void> {
  const { delivery_id, person_id, is_test } = reader
  if (is_test || person_id === null) return
  switch (decision.decide) {
    case 'stop_topics':
      await unsubscribe(deps, delivery_id, 'campaigns', wishOf(reader, decision.decide))
      return
    case 'start_topics':
      await resubscribe(deps, delivery_id, 'campaigns', wishOf(reader, decision.decide))
      return
    case 'stop_everything':
      await unsubscribe(deps, delivery_id, 'all', wishOf(reader, decision.decide))
      return
    case 'start_everything':
      await resubscribe(deps, delivery_id, 'all', wishOf(reader, decision.decide))
      return
    case 'start_news':
    case 'stop_news':
      await consent(deps, { ...wishOf(reader, decision.decide), person_id, delivery_id }, 'news', decision.decide)
      return
    case 'start_tracking':
    case 'stop_tracking':
      await consent(deps, { ...wishOf(reader, decision.decide), person_id, delivery_id }, 'tracking', decision.decide)
      return
    case 'resume':
      await endPause(deps, { id: person_id })
      return
    case 'pause':
      await pause(deps, reader, person_id, decision.until)
      return
    case 'save':
      await save(deps, { delivery_id, person_id }, decision)
  }
}

function wishOf({ language }: ReaderRow, decide: Consenting) {
  const words = readerPhrases(language)
  const [sentence, button] = READ[decide]
  return { source: 'link', wording: quoteDecision(words, sentence, button), language: words.language } as const
}

async function consent(
  { db, clock }: PreferenceDeps,
  said: ReturnType<typeof wishOf> & { person_id: number; delivery_id: number },
  purpose: Purpose,
  decide: `${'start' | 'stop'}_${string}`,
): Promise<void> {
  const decision = { ...said, purpose, given: decide.startsWith('start'), at: clock.now() }
  await db.transaction().execute((tx) => recordDecision(tx, decision))
}

async function pause(deps: PreferenceDeps, reader: ReaderRow, id: number, day: string): Promise<void> {
  const until = endOfPause(day, deps.clock.now(), zoneOfReader(reader))
  if (!until) throw new InvalidInput([{ field: 'until', message: 'Choose one of the days that are offered.' }])
  await pausePerson(deps, { id, until, source: `delivery ${reader.delivery_id}` })
}

/** What changed is kept with what was there before, in one transaction with the change. */
async function save(
  { db, clock }: PreferenceDeps,
  { delivery_id, person_id }: { delivery_id: number; person_id: number },
  form: Extract<Decision, { decide: 'save' }>,
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const before = await getChangeable(tx, person_id)
    const wanted: Required<ChangeValues> = {
      given_name: form.given_name,
      family_name: form.family_name.trim() === '' ? before.family_name : form.family_name,
      language: form.language,
      time_zone: form.time_zone === '' ? null : form.time_zone,
    }
    const { languages } = await getProgramme(tx)
    // Any other is no choice of the form: refused with the other faults.
    if (!offeredLanguages(languages, before.language).includes(wanted.language)) wanted.language = ''
    const change = onlyNew(wanted, before)
    if (Object.keys(change).length === 0) return
    const after = onlyNew(await updatePerson({ db: tx }, { id: person_id, change }), before)
    if (Object.keys(after).length === 0) return
    const old = Object.fromEntries(FIELDS.filter((field) => field in after).map((field) => [field, before[field]]))
    await insertPreferenceChange(tx, { person_id, delivery_id, before: old, after, changed_at: clock.now() })
  })
}

const FIELDS = ['given_name', 'family_name', 'language', 'time_zone'] as const

/** What is as it was is not checked again: an old name may not meet the rules of today. */
function onlyNew(wanted: Required<ChangeValues>, before: Required<ChangeValues>): ChangeValues {
  return Object.fromEntries(
    FIELDS.filter((field) => wanted[field] !== before[field]).map((name) => [name, wanted[name]]),
  )
}
