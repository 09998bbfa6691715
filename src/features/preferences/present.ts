import { fillPhrase, type ReaderPhrases, writeDate } from '../../platform/http/reader-phrases.ts'
import type { StandingConsents } from '../consents/index.ts'
import { presentChoices } from './present-choices.ts'
import type { ReaderRow } from './queries.ts'
import { offeredLanguages, offeredZones, pauseDays, zoneOfReader } from './rules.ts'
import type { Decision } from './service.ts'

/** Buttons whose answer is the page again, with what each then says. */
export const SAID: Record<Decision['decide'], keyof ReaderPhrases> = {
  save: 'saved_details',
  stop_topics: 'saved_topics_off',
  start_topics: 'saved_topics_on',
  stop_news: 'saved_news_off',
  start_news: 'saved_news_on',
  stop_tracking: 'saved_tracking_off',
  start_tracking: 'saved_tracking_on',
  pause: 'saved_paused',
  resume: 'saved_resumed',
  stop_everything: 'saved_stopped',
  start_everything: 'saved_again',
}

/** What was typed, as the form had it. */
export interface TypedForm {
  given_name: string
  family_name: string
  language: string
  time_zone: string
  until: string
}

export interface PreferencePage {
  token: string
  words: ReaderPhrases
  now: Date
  languages: readonly string[]
  consents: StandingConsents
  /** Rounds that the reader may leave. */
  places: readonly { code: string; name: string }[]
  /** The code of what was just done. */
  done: string | undefined
  /** What was sent and refused, with the fields at fault. */
  refused: { typed: Partial<TypedForm>; fields: readonly string[] } | undefined
}

/** The whole page as the template needs it. */
export function presentPreferences(reader: ReaderRow, page: PreferencePage) {
  const { token, words, now, refused } = page
  const zone = zoneOfReader(reader)
  const days = pauseDays(now, zone)
  const typed: TypedForm = {
    given_name: reader.given_name,
    family_name: '',
    language: reader.language,
    time_zone: reader.time_zone ?? '',
    until: '',
    ...refused?.typed,
  }
  const last = writeDate(new Date(`${days.last}T00:00:00Z`), words, 'UTC')
  const faultOf = (field: keyof TypedForm) =>
    refused?.fields.includes(field) ? fillPhrase(words[`fault_${field}`], { date: last }) : ''
  const faults = {
    given_name: faultOf('given_name'),
    family_name: faultOf('family_name'),
    language: faultOf('language'),
    time_zone: faultOf('time_zone'),
    until: faultOf('until'),
  }
  return {
    token,
    is_test: reader.is_test,
    notice: page.done !== undefined && isDecision(page.done) ? words[SAID[page.done]] : '',
    everything_stopped: reader.everything_stopped,
    held_otherwise: reader.held_otherwise,
    topics_stopped: reader.topics_stopped,
    choices: presentChoices({ ...reader, token }, page.consents, words),
    places: page.places.map(({ code, name }) => ({
      title: fillPhrase(words.place, { round: name }),
      text: fillPhrase(words.leave_link, { round: name }),
      href: `/p/preferences/${token}/leave?round=${encodeURIComponent(code)}`,
    })),
    paused: reader.paused_until ? fillPhrase(words.paused, { date: writeDate(reader.paused_until, words, zone) }) : '',
    days,
    typed,
    faults,
    fault_list: Object.entries(faults).flatMap(([field, message]) => (message === '' ? [] : [{ field, message }])),
    languages: offeredLanguages(page.languages, reader.language).map((tag) => ({
      tag,
      name: nameOfLanguage(tag),
      selected: tag === typed.language,
    })),
    zone_of_country: typed.time_zone === '',
    regions: offeredZones(reader.time_zone).map(({ region, zones }) => ({
      region,
      zones: zones.map((one) => ({ ...one, selected: one.zone === typed.time_zone })),
    })),
  }
}

const isDecision = (code: string): code is Decision['decide'] => Object.hasOwn(SAID, code)

/** As its own readers call it: somebody who looks for it may read nothing else. */
function nameOfLanguage(tag: string): string {
  const name = new Intl.DisplayNames(tag, { type: 'language', fallback: 'none' }).of(tag) ?? tag
  return name.slice(0, 1).toLocaleUpperCase(tag) + name.slice(1)
}
