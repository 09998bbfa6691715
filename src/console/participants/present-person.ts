import { ANSWERS, type Answer } from '../../features/confirmations/index.ts'
import type { listPartnersOfPerson, Person } from '../../features/people/index.ts'
import type { PreferenceChange } from '../../features/preferences/index.ts'
import { countryName } from '../../lib/countries.ts'
import { nameLanguage } from '../../lib/languages.ts'
import { presentTime, presentZone } from '../present/time.ts'
import { nameOf, stateBadge } from './words.ts'

/** Who somebody is and where. @param now for the time that it is there */
export function presentFacts(person: Person, now: Date) {
  const zone = person.effective_time_zone
  return {
    name: nameOf(person),
    addresses: person.addresses.map(({ address, is_primary }) => ({ address, main: is_primary })),
    country: person.country,
    language: `${nameLanguage(person.language)} (${person.language})`,
    zone: presentZone(zone, now),
    assumed: person.time_zone === null,
    there: presentTime(now, zone),
  }
}

/** Applications with their answers, the newest first. @param zone of who looks */
export function presentApplications(person: Person, zone: string) {
  return person.applications.map((application) => ({
    round_code: application.round,
    state: stateBadge(application.state),
    submitted: presentTime(new Date(application.submitted_at), zone),
    changed: presentTime(new Date(application.state_changed_at), zone),
    record: answersToRecord(application.state, application.code_of_conduct_agreed),
    disagreed: !application.code_of_conduct_agreed,
    answers: [
      ['Country', countryName(application.country_code)],
      ['Pathway', application.pathway],
      ['Sector', application.sector],
      ['Career stage', application.career_stage],
      ['Code of conduct', application.code_of_conduct_agreed ? 'agreed' : 'not agreed'],
      ['Expectations', application.commitment_agreed ? 'agreed' : 'not agreed'],
      ['Special request', application.special_request],
      ...Object.entries((application.answers ?? {}) as Record<string, unknown>).map(([field, value]) => [
        titleOf(field),
        wordsOfAnswer(value),
      ]),
    ]
      .filter(([, value]) => value !== null && value !== undefined && value !== '')
      .map(([title, value]) => ({ title: title as string, value: value as string })),
  }))
}

const RECORD: Record<Answer, string> = {
  confirmed: 'Confirmed',
  declined: 'Declined',
  lapsed: 'Lapsed: no answer in time',
  applied: 'Take the answer back',
}

/** What staff can record for somebody, as buttons; nothing for who has left the round. */
function answersToRecord(state: string, agreed: boolean): { value: Answer; text: string }[] {
  if (state === 'withdrawn' || state === 'removed') return []
  const answered = (ANSWERS as readonly string[]).includes(state) && state !== 'applied'
  return ANSWERS.filter((answer) => answer !== state)
    .filter((answer) => answer !== 'applied' || answered)
    .filter((answer) => answer !== 'confirmed' || agreed)
    .map((value) => ({ value, text: RECORD[value] }))
}

const titleOf = (field: string) => {
  const words = field.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function wordsOfAnswer(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) return value.map(wordsOfAnswer).join(', ')
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

export function presentPartners(rows: Awaited<ReturnType<typeof listPartnersOfPerson>>, zone: string) {
  return rows.map((row) => ({
    href: `/console/participants/${row.person_id}`,
    name: nameOf(row),
    country: countryName(row.country_code),
    round_code: row.round_code,
    introduced: row.introduced_at ? presentTime(row.introduced_at, zone) : '',
    ended: row.ended_at ? presentTime(row.ended_at, zone) : '',
    why_ended: row.end_reason ?? '',
  }))
}

/** What somebody changed by the link of an email, with what stood there before. @param zone of who looks */
export function presentChanges(changes: readonly PreferenceChange[], zone: string) {
  return changes.map(({ changed_at, before, after }) => ({
    at: presentTime(changed_at, zone),
    fields: Object.entries(after).map(([field, value]) => ({
      title: titleOf(field),
      before: wordsOfAnswer(before[field as keyof typeof before]) || 'nothing',
      after: wordsOfAnswer(value) || 'nothing',
    })),
  }))
}
