import { countryName } from '../../../lib/countries.ts'
import type { RoundRow } from '../../rounds/index.ts'
import { sayCount, sayDay, sayMany, sayPart, sayShare } from '../say.ts'
import type { RoundFigures } from './figures.ts'
import { countCountries } from './known.ts'
import type { Step } from './person-queries.ts'

/** The findings on a round, the most telling first; about what is not there, what to do. @param day of a past report */
export function sayRound(
  round: RoundRow,
  figures: RoundFigures,
  known: Record<Step, boolean>,
  day: string | null,
): string[] {
  const { applicants, participants, matched } = figures.total
  const { code } = round
  if (applicants === 0) return [sayNobody(code, day)]
  if (participants === 0) return [sayNoneConfirmed(code, applicants, day)]
  const has = day === null ? 'has' : 'had'
  const countries = sayMany(countCountries(figures, 'participants'), 'country', 'countries')
  const share =
    applicants === participants ? '' : ` of ${sayMany(applicants, 'applicant')} (${sayShare(participants, applicants)})`
  return [
    `${at(day)}${code} ${has} ${sayMany(participants, 'participant')}${share}, from ${countries}.`,
    sayMatched(matched, participants, day),
    ...(matched > 0 ? [sayInTouch(figures, known, day), sayCompleted(round, figures, known, day)] : []),
    ...sayLargest(figures, day),
    ...sayReturning(figures, day),
  ]
}

const at = (day: string | null) => (day === null ? '' : `On ${sayDay(day)}, `)

function sayNobody(code: string, day: string | null): string {
  return day === null
    ? `Nobody has applied to ${code} yet: import the forms of applicants, or open its application form.`
    : `Nobody had applied to ${code} by ${sayDay(day)}: ask for a later day.`
}

function sayNoneConfirmed(code: string, applicants: number, day: string | null): string {
  const who = sayMany(applicants, 'applicant')
  return day === null
    ? `${code} has ${who}, and nobody is confirmed yet: ask them to confirm.`
    : `On ${sayDay(day)}, ${code} had ${who}, and nobody was confirmed yet.`
}

function sayMatched(matched: number, participants: number, day: string | null): string {
  if (matched === 0) return day === null ? 'Nobody has a partner yet.' : 'Nobody had a partner yet.'
  const has = day === null ? (matched === 1 ? 'has or had' : 'have or had') : 'had had'
  return `${sayPart(matched, participants, 'participant')} ${has} a partner.`
}

function sayInTouch({ total }: RoundFigures, known: Record<Step, boolean>, day: string | null): string {
  if (!known.in_touch)
    return day === null
      ? 'Whether partners are in touch is unknown: no check-in of the round has been answered yet.'
      : 'Whether partners were in touch was unknown: no check-in of the round had been answered yet.'
  const { in_touch, matched } = total
  const are = day === null ? (in_touch === 1 ? 'is' : 'are') : in_touch === 1 ? 'was' : 'were'
  return `${sayPart(in_touch, matched, 'matched participant')} ${are} in touch, as they or a partner told.`
}

function sayCompleted(
  { ends_on }: RoundRow,
  { total }: RoundFigures,
  known: Record<Step, boolean>,
  day: string | null,
): string {
  if (known.completed)
    return `${sayPart(total.completed, total.matched, 'matched participant')} stayed together until the last day.`
  if (ends_on === null) return 'Who completes the round is unknown: it has no last day. Give it one in its timetable.'
  return day === null
    ? `Who completes the round is known after its last day, ${sayDay(ends_on)}.`
    : `Who would complete the round was not known before the end of its last day, ${sayDay(ends_on)}.`
}

/** Where most come from, when one country has more than any other and others have some. */
function sayLargest({ groups, total }: RoundFigures, day: string | null): string[] {
  const [first, second] = groups.country.toSorted((a, b) => b.participants - a.participants)
  if (!first || !second || second.participants === 0 || first.participants === second.participants) return []
  const share = sayShare(first.participants, total.participants)
  return [
    `The largest group ${day === null ? 'is' : 'was'} from ${countryName(first.key)}: ${sayCount(first.participants)} of ${sayMany(total.participants, 'participant')} (${share}).`,
  ]
}

function sayReturning({ groups, total }: RoundFigures, day: string | null): string[] {
  const returning = groups.experience.find(({ key }) => key === 'returning')?.participants ?? 0
  if (returning === 0) return []
  const had = day === null ? (returning === 1 ? 'has' : 'have') : 'had'
  return [`${sayPart(returning, total.participants, 'participant')} ${had} taken part in an earlier round.`]
}
