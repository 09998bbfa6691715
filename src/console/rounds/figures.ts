import { countRounds, type Round, type RoundRow, withFigures } from '../../features/rounds/index.ts'
import { countryName } from '../../lib/countries.ts'
import { openMemory } from '../../lib/remember.ts'
import type { Db } from '../../platform/db/open.ts'
import { formatCount } from '../present/numbers.ts'

/** Counting reads every application: the figures are a few seconds old at most. */
const KEPT_MS = 5000

export type RoundFigures = (rows: readonly RoundRow[], now: Date) => Promise<Round[]>

export function openRoundFigures(db: Db): RoundFigures {
  const memory = openMemory()
  return async (rows, now) => {
    const ids = rows.map(({ id }) => id)
    return withFigures(rows, await memory.remember(ids.join(), KEPT_MS, () => countRounds(db, ids)), now)
  }
}

/** A figure that leads to its people. */
export interface Figure {
  name: string
  count: string
  /** Said after the count: its base. */
  base: string
  /** State of the applications behind it: '' all of them. */
  state: string
  /** Of the round that the console looks at: a link. Of another one: a button that looks there. */
  href: string
  button: boolean
}

const STATES: [keyof Round['counts'], string][] = [
  ['confirmed', 'Confirmed'],
  ['applied', 'Applied, not confirmed yet'],
  ['waitlisted', 'Wait-listed'],
  ['declined', 'Declined'],
  ['lapsed', 'Lapsed'],
  ['withdrawn', 'Withdrawn'],
  ['removed', 'Removed'],
]

/** Applicants by state: every figure with its base, and its people where the role may see them. */
export function presentFigures(round: Round, { current, sees }: { current: boolean; sees: boolean }): Figure[] {
  const { counts } = round
  const link = (state: string) => ({
    state,
    href: sees && current ? `/console/participants${state === '' ? '' : `?state=${state}`}` : '',
    button: sees && !current,
  })
  const all = { name: 'Applicants', count: formatCount(counts.applicants), base: '', ...link('') }
  const shown = STATES.filter(([state]) => counts[state] > 0 || state === 'confirmed')
  return [
    all,
    ...shown.map(([state, name]) => ({
      name,
      count: formatCount(counts[state]),
      base:
        counts.applicants === 0
          ? ''
          : `of ${formatCount(counts.applicants)} (${share(counts[state], counts.applicants)} %)`,
      ...link(state),
    })),
  ]
}

const share = (part: number, all: number) => Math.round((part * 1000) / all) / 10

/** Countries over the cap, each with its share of all applicants. */
export function presentOverCap(round: Round, { current, sees }: { current: boolean; sees: boolean }) {
  const { applicants } = round.counts
  return round.by_country_over_cap.map(({ country, applicants: count, percent }) => ({
    country: countryName(country),
    href: sees && current ? `/console/participants?country=${country}` : '',
    percent,
    figure: `${formatCount(count)} of ${formatCount(applicants)} applicants (${percent} %)`,
    cap: round.country_cap_percent,
    /** So many places are left at the cap when the others stay. */
    over: formatCount(Math.max(0, count - Math.floor((applicants * round.country_cap_percent) / 100))),
  }))
}
