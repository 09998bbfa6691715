import type { CountryCap, listTriage, TriageRow } from '../../features/applications/index.ts'
import type { Round } from '../../features/rounds/index.ts'
import { countryName } from '../../lib/countries.ts'
import { APPLICATION_STATES } from '../campaigns/wording.ts'
import { nameOf, stateBadge } from '../participants/words.ts'
import { formatCount } from '../present/numbers.ts'
import { presentTime } from '../present/time.ts'
import { hrefOf, type TriageQuery } from './triage-query.ts'

/** Countries that are shown at once; the others are folded. */
const SHOWN = 6

/** How the countries share the places of a round. */
export function presentCap({ cap_percent, applicants, places, countries }: CountryCap, code: string) {
  const rows = countries.map((one) => ({
    country: one.country,
    href: hrefOf(code, { country: one.country_code }),
    applicants: formatCount(one.applicants),
    base: `of ${formatCount(applicants)} (${one.percent} %)`,
    percent: one.percent,
    holding: formatCount(one.holding),
    waitlisted: one.waitlisted === 0 ? '' : formatCount(one.waitlisted),
    waiting_href: hrefOf(code, { country: one.country_code, state: 'waitlisted' }),
    free: one.free > 0 ? formatCount(one.free) : '',
    over: one.free < 0 ? formatCount(-one.free) : '',
    full: one.free === 0,
  }))
  return {
    percent: cap_percent,
    places: formatCount(places),
    applicants: formatCount(applicants),
    first: rows.slice(0, SHOWN),
    others: rows.slice(SHOWN),
    other_count: formatCount(Math.max(0, rows.length - SHOWN)),
  }
}

/** A page of the list with its filters. */
export function presentTriage(
  { items, next, cap }: Awaited<ReturnType<typeof listTriage>>,
  { round, query, ticked, zone }: { round: Round; query: TriageQuery; ticked: readonly number[]; zone: string },
) {
  const { code, counts } = round
  const state = query.state ?? ''
  const country = query.country ?? ''
  return {
    states: STATES.map(([value, name]) => ({
      text: `${name} (${formatCount(value === '' ? counts.applicants : counts[value])})`,
      href: hrefOf(code, { ...(value === '' ? {} : { state: value }), country }),
      current: value === state,
    })),
    countries: cap.countries
      .map(({ country_code, country: name }) => ({ value: country_code, text: name }))
      .toSorted((a, b) => a.text.localeCompare(b.text, 'en'))
      .map((one) => ({ ...one, selected: one.value === country })),
    state,
    country,
    country_name: country === '' ? '' : countryName(country),
    filtered: state !== '' || country !== '',
    all_href: hrefOf(code, {}),
    items: items.map((row) => presentRow(row, { ticked: ticked.includes(row.person_id), zone })),
    can_accept: items.some((row) => row.state === 'waitlisted'),
    can_waitlist: items.some((row) => row.state === 'applied'),
    pager: {
      next: next === null ? '' : hrefOf(code, query, { after: next }),
      first: query.after ? hrefOf(code, query) : '',
    },
  }
}

const STATES = [
  ['', 'All'],
  ['applied', 'With a place, not confirmed yet'],
  ['waitlisted', 'Waiting list'],
] as const

function presentRow(row: TriageRow, { ticked, zone }: { ticked: boolean; zone: string }) {
  const { state, place_in_line: place } = row
  return {
    id: row.person_id,
    href: `/console/participants/${row.person_id}`,
    name: nameOf(row),
    address: row.address ?? 'no address',
    country: countryName(row.country_code),
    state: { ...stateBadge(state), text: APPLICATION_STATES[state] ?? state },
    place: place === null ? '' : `${place} in line`,
    submitted: presentTime(row.submitted_at, zone),
    facts: [row.sector, row.career_stage, row.pathway].filter(Boolean).join(', '),
    request: row.special_request ?? '',
    lacks: [
      ...(row.code_of_conduct_agreed ? [] : ['code of conduct not agreed']),
      ...(row.commitment_agreed ? [] : ['expectations not agreed']),
    ].join(', '),
    twice: row.open_duplicates > 0,
    movable: state === 'applied' || state === 'waitlisted',
    ticked,
  }
}
