import { sayCount, sayDay, sayMany, sayPart, sayShare } from '../say.ts'

interface Compared {
  code: string
  participants: number
  countries: number
  /** Of the participants. */
  returning: number
}

/** The findings over rounds, which come in their order: the latest with participants first. @param day of a past report */
export function sayRounds(rounds: readonly Compared[], day: string | null): string[] {
  const begun = rounds.filter(({ participants }) => participants > 0)
  const latest = begun.at(-1)
  if (rounds.length === 0) return ['There is no round yet: make the first one.']
  if (!latest)
    return [
      day === null
        ? 'No round has participants yet: ask applicants to confirm.'
        : `No round had participants by ${sayDay(day)}: ask for a later day.`,
    ]
  return [
    sayLatest(latest, begun.at(-2), day),
    ...(begun.length > 1 ? [sayAll(begun, day)] : []),
    ...(latest.returning > 0 ? [sayReturning(latest, day)] : []),
  ]
}

/** "2016A has 1,162 participants from 95 countries, 300 more than 2015B (+35 %)." */
function sayLatest(
  { code, participants, countries }: Compared,
  before: Compared | undefined,
  day: string | null,
): string {
  const at = day === null ? '' : `On ${sayDay(day)}, `
  const has = day === null ? 'has' : 'had'
  const from = sayMany(countries, 'country', 'countries')
  const first = `${at}${code} ${has} ${sayMany(participants, 'participant')} from ${from}`
  if (!before) return `${first}.`
  const more = participants - before.participants
  if (more === 0) return `${first}, as many as ${before.code}.`
  const change = `${more > 0 ? '+' : '−'}${sayShare(Math.abs(more), before.participants)}`
  return `${first}, ${sayCount(Math.abs(more))} ${more > 0 ? 'more' : 'fewer'} than ${before.code} (${change}).`
}

function sayAll(begun: readonly Compared[], day: string | null): string {
  const all = begun.reduce((sum, { participants }) => sum + participants, 0)
  const counts = begun.map(({ participants }) => participants)
  const [most, fewest] = [Math.max(...counts), Math.min(...counts)]
  const have = day === null ? 'have' : 'had'
  const codesOf = (count: number) => begun.filter(({ participants }) => participants === count).map(({ code }) => code)
  const range =
    most === fewest
      ? ''
      : `: the most in ${list.format(codesOf(most))} (${sayCount(most)}), the fewest in ${list.format(codesOf(fewest))} (${sayCount(fewest)})`
  return `The ${sayCount(begun.length)} rounds together ${have} ${sayMany(all, 'participant')}, counted in each round they were in${range}.`
}

const list = new Intl.ListFormat('en-GB', { type: 'conjunction' })

function sayReturning({ code, returning, participants }: Compared, day: string | null): string {
  const had = day === null ? (returning === 1 ? 'has' : 'have') : 'had'
  return `In ${code}, ${sayPart(returning, participants, 'participant')} ${had} taken part in an earlier round.`
}
