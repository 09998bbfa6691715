import type { ListedProposal, listProposals, MatchingRun } from '../../features/matching/index.ts'
import { countryName } from '../../lib/countries.ts'
import type { Badge } from '../participants/words.ts'
import { formatCount } from '../present/numbers.ts'
import { ONLY, queryOf, type ReadList, SORTS } from './list-query.ts'
import { madeOf, type PersonView, percent, presentPerson, UNITS } from './words.ts'

interface Facts {
  run: Pick<MatchingRun, 'id' | 'mode' | 'approved_at'>
  found: Awaited<ReturnType<typeof listProposals>>
  countries: readonly string[]
  /** Just changed: first, and not once more below. */
  changed: readonly ListedProposal[]
  wanted: ReadList
}

interface Reader {
  sees: boolean
  writes: boolean
}

/** View model of the list of proposals. */
export function presentProposals({ run, found, countries, changed, wanted }: Facts, reader: Reader) {
  const here = new Set(found.items.map(({ id }) => id))
  const own = `/console/matching/${run.id}`
  const may = reader.writes && run.approved_at === null
  const present = (proposal: ListedProposal) => presentProposal(proposal, { own, may, sees: reader.sees })
  const { order, only, country, text, after } = wanted
  const filtered = only !== undefined || country !== undefined || text !== undefined
  return {
    may_edit: may,
    changed: changed.filter(({ id }) => !here.has(id)).map(present),
    items: found.items.map(present),
    count: sayCount(found.count, run.mode, filtered),
    filtered,
    filters: {
      q: text ?? '',
      sorts: Object.entries(SORTS).map(([value, words]) => ({ value, text: words, selected: value === order })),
      only: Object.entries(ONLY).map(([value, words]) => ({ value, text: words, selected: value === only })),
      countries: countries
        .map((code) => ({ value: code, text: countryName(code), selected: code === country }))
        .sort((a, b) => a.text.localeCompare(b.text, 'en')),
    },
    all_href: `${own}#proposals`,
    pager: {
      next: found.next === null ? '' : `${own}${queryOf({ ...wanted, after: found.next })}#proposals`,
      first: after === undefined ? '' : `${own}${queryOf({ ...wanted, after: undefined })}#proposals`,
    },
  }
}

export interface ProposalView {
  id: number
  /** What a button about it sends: the proposal, and the people who were seen in it. */
  value: string
  score: string
  /** Of 100, for the bar. */
  bar: string
  members: (PersonView & { role: string; last: boolean })[]
  /** Both names, for what is only heard. */
  names: string
  reasons: string
  kept: boolean
  marks: Badge[]
  requests: { name: string; text: string }[]
  why_href: string
  swap_href: string
  may: boolean
  /** Only two people can be kept together, swapped or parted for good at one press. */
  is_pair: boolean
}

export function presentProposal(
  proposal: ListedProposal,
  { own, may, sees }: { own: string; may: boolean; sees: boolean },
): ProposalView {
  const { id, score, members, reasons, locked, by_hand, special_request } = proposal
  const seen = members.map((member, at) => ({
    ...presentPerson(member, sees),
    role: member.role === null ? '' : member.role === 'mentor' ? 'mentor' : 'protégé',
    last: at === members.length - 1,
  }))
  const is_pair = members.length === 2
  return {
    id,
    value: [id, ...members.map(({ person_id }) => person_id)].join(' '),
    score: percent(score),
    bar: (score / 100).toFixed(1),
    members: seen,
    names: seen.map(({ name }) => name).join(' and '),
    reasons: reasons.slice(0, MOST_REASONS).join('; '),
    kept: locked,
    marks: [
      ...(locked ? [{ tone: 'good' as const, text: 'kept together' }] : []),
      ...(by_hand ? [{ tone: 'info' as const, text: 'by hand' }] : []),
    ],
    requests: special_request
      ? members.flatMap((member, at) =>
          member.special_request ? [{ name: seen[at]?.name ?? '', text: member.special_request }] : [],
        )
      : [],
    why_href: `${own}/proposals/${id}`,
    swap_href: is_pair
      ? `${own}/swap?${new URLSearchParams({ person: String(seen[0]?.id), proposal: String(id) })}`
      : '',
    may,
    is_pair,
  }
}

/** All of them are on its own page. */
const MOST_REASONS = 3

function sayCount(count: number, mode: MatchingRun['mode'], filtered: boolean): string {
  if (!filtered) return madeOf(mode, count)
  if (count === 0) return `No ${UNITS[mode][0]} is like that.`
  return `${formatCount(count)} of them ${count === 1 ? 'is' : 'are'} like that`
}
