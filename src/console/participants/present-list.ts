import type {
  browseParticipants,
  listEverybody,
  listParticipantChoices,
  Participant,
} from '../../features/people/index.ts'
import { countryName } from '../../lib/countries.ts'
import { formatCount } from '../present/numbers.ts'
import { presentTime } from '../present/time.ts'
import { hrefOf, isFiltered, type ListQuery } from './list-query.ts'
import { nameOf, sayCount, stateBadge, suppressedBadge } from './words.ts'

const PATH = '/console/participants'

interface Option {
  value: string
  text: string
  selected: boolean
}

/** The filters of one round; what was asked for is offered even when nobody has it. */
export function presentFilters(choices: Awaited<ReturnType<typeof listParticipantChoices>>, query: ListQuery) {
  const options = (values: readonly string[], asked = '', textOf = (value: string) => value): Option[] =>
    (asked === '' || values.includes(asked) ? values : [asked, ...values]).map((value) => ({
      value,
      text: textOf(value),
      selected: value === asked,
    }))
  const countries = options(choices.countries, query.country, countryName)
  return {
    q: query.q ?? '',
    states: options(choices.states, query.state, (state) => state.replaceAll(',', ', ')),
    countries: countries.sort((a, b) => a.text.localeCompare(b.text, 'en')),
    sectors: options(choices.sectors, query.sector),
    pathways: options(choices.pathways, query.pathway),
    matched: [
      { value: 'yes', text: 'with a partner', selected: query.matched === 'yes' },
      { value: 'no', text: 'without a partner', selected: query.matched === 'no' },
    ],
  }
}

/** A page of one round's people. @param zone of who looks */
export function presentParticipants(
  found: Awaited<ReturnType<typeof browseParticipants>>,
  query: ListQuery,
  { code, zone }: { code: string; zone: string },
) {
  const filtered = isFiltered(query)
  return {
    count: filtered
      ? `${sayCount(found.counted)} of ${sayCount(found.everybody)} people in round ${code}`
      : `${sayCount(found.everybody)} ${found.everybody.count === 1 ? 'person' : 'people'} in round ${code}`,
    filtered,
    nobody: found.everybody.count === 0,
    items: found.items.map((row) => presentRow(row, zone)),
    pager: presentPager(query, found.next),
  }
}

function presentRow(row: Participant, zone: string) {
  const { confirmation, partnership } = row
  return {
    href: `${PATH}/${row.person_id}`,
    name: nameOf(row),
    address: row.address ?? 'no address',
    country: countryName(row.country_code),
    state: stateBadge(row.state),
    confirmation: confirmation ? { ...presentTime(confirmation.at, zone), state: confirmation.state } : '',
    partners: (partnership?.partners ?? []).map((partner) => ({
      href: `${PATH}/${partner.person_id}`,
      name: nameOf(partner),
    })),
    waits: partnership !== null && partnership.introduced_at === null,
    suppressed: suppressedBadge(row.suppressed) ?? '',
  }
}

/** A page of everybody over all rounds. */
export function presentEverybody(found: Awaited<ReturnType<typeof listEverybody>>, query: ListQuery) {
  return {
    items: found.items.map((row) => ({
      href: `${PATH}/${row.person_id}`,
      name: nameOf(row),
      address: row.address ?? 'no address',
      country: countryName(row.country_code),
      latest: row.round_code ?? '',
      state: stateBadge(row.state ?? 'no application'),
      suppressed: suppressedBadge(row.suppressed) ?? '',
    })),
    pager: presentPager(query, found.next),
    shown: `${formatCount(found.items.length)} ${found.items.length === 1 ? 'person' : 'people'} on this page, over all rounds`,
  }
}

function presentPager(query: ListQuery, next: string | number | null) {
  return {
    next: next === null ? '' : hrefOf(PATH, query, { after: String(next) }),
    first: query.after ? hrefOf(PATH, query) : '',
  }
}
