import { findCountryCode } from '../../../lib/countries.ts'
import { InvalidInput, NotFound } from '../../../lib/errors.ts'
import type { Db } from '../../../platform/db/open.ts'
import { unknownCountry } from '../../people/index.ts'
import { findRun } from '../runs/run-queries.ts'
import {
  countProposals,
  listMembers,
  listProposalCountries,
  listProposalRows,
  type MemberRow,
  type ProposalFilter,
  type ProposalKey,
  type ProposalOrder,
} from './proposal-queries.ts'

export interface ProposalMember {
  person_id: number
  given_name: string
  family_name: string
  /** Of their application to the round. */
  country_code: string
  role: 'mentor' | 'protege' | null
  address: string | null
  special_request: string | null
}

export interface ListedProposal {
  id: number
  run_id: number
  /** Basis points; of more than two people the mean over their pairs. */
  score: number
  /** A decision of the round keeps two of them together. */
  locked: boolean
  by_hand: boolean
  /** One of them wrote a wish that the criteria do not know. */
  special_request: boolean
  members: ProposalMember[]
  /** Sentences for staff. */
  reasons: string[]
  /** What the introduction would say of why, to the people themselves; empty for more than two. */
  introduction: string
}

export interface ProposalsWanted {
  /** Of the run. */
  id: number
  order?: ProposalOrder | undefined
  /** Any spelling. */
  country?: string | undefined
  special_request?: boolean | undefined
  locked?: boolean | undefined
  by_hand?: boolean | undefined
  /** Words of a name. */
  text?: string | undefined
  /** `next` of the page before. */
  after?: string | undefined
  limit?: number | undefined
}

const PAGE = 50

/** A page of a run's proposals, and how many the filters pick. @throws NotFound, InvalidInput for `country` or `after` */
export async function listProposals({ db }: { db: Db }, wanted: ProposalsWanted) {
  const { id, order = 'lowest', limit = PAGE } = wanted
  if (!(await findRun(db, id))) throw new NotFound(`Matching run ${id}`)
  const filter = filterOf(wanted)
  const after = wanted.after === undefined ? undefined : parseKey(wanted.after)
  const [found, count] = await Promise.all([
    listProposalRows(db, { ...filter, order, after, limit: limit + 1 }),
    countProposals(db, filter),
  ])
  const rows = found.slice(0, limit)
  const last = rows.at(-1)
  return {
    items: await withMembers(db, rows),
    next: found.length > limit && last ? `${last.score}.${last.id}` : null,
    count,
  }
}

function filterOf({ id, country, special_request, locked, by_hand, text }: ProposalsWanted): ProposalFilter {
  const country_code = country === undefined ? undefined : findCountryCode(country)
  if (country !== undefined && !country_code)
    throw new InvalidInput([{ field: 'country', message: unknownCountry(country) }])
  return { run_id: id, country_code, special_request, locked, by_hand, text }
}

function parseKey(text: string): ProposalKey {
  const [, score, id] = /^(\d{1,5})\.(\d{1,15})$/.exec(text) ?? []
  if (score === undefined) throw new InvalidInput([{ field: 'after', message: 'must be `next` of the page before.' }])
  return { score: Number(score), id: Number(id) }
}

export async function withMembers<Row extends { id: number }>(
  db: Db,
  rows: readonly Row[],
): Promise<(Row & { members: ProposalMember[] })[]> {
  const members = Map.groupBy(
    await listMembers(
      db,
      rows.map(({ id }) => id),
    ),
    ({ proposal_id }) => proposal_id,
  )
  return rows.map((row) => ({ ...row, members: (members.get(row.id) ?? []).map(memberOf) }))
}

function memberOf({ proposal_id: _, state: _state, ...member }: MemberRow): ProposalMember {
  return member
}

/** Countries that a run's proposals can be filtered by. */
export function listCountriesOfRun({ db }: { db: Db }, { id }: { id: number }): Promise<string[]> {
  return listProposalCountries(db, id)
}
