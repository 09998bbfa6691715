import { findCountryCode } from '../../lib/countries.ts'
import { InvalidInput } from '../../lib/errors.ts'
import type { Db } from '../../platform/db/open.ts'
import { getRoundRow } from '../rounds/index.ts'
import {
  countParticipantRows,
  listChoices,
  listEverybodyRows,
  listParticipantRows,
  listPartners,
  type ParticipantFilter,
} from './participant-queries.ts'
import { APPLICATION_STATES } from './schema.ts'
import { unknownCountry } from './service.ts'
import { listCurrentSuppressions } from './suppression-queries.ts'
import { matchText } from './text-search.ts'

/** Which of a round's people. */
export interface ParticipantChoice {
  states?: string[] | undefined
  /** Any spelling of a country. */
  country?: string | undefined
  sector?: string | undefined
  pathway?: string | undefined
  /** With a partner, or without. */
  matched?: boolean | undefined
  /** Beginning of a name or of an address. */
  text?: string | undefined
}

export interface ParticipantsWanted extends ParticipantChoice {
  code: string
  /** `next` of the page before. */
  after?: number | undefined
  limit?: number | undefined
}

const PAGE = 100
/** States that are an answer to the confirmation request. */
const ANSWERED = new Set(['confirmed', 'declined', 'lapsed'])

export type Participant = Awaited<ReturnType<typeof listParticipants>>['items'][number]

/** A page of a round's people by person id, with confirmation and partnership. @throws NotFound, InvalidInput */
export async function listParticipants({ db }: { db: Db }, wanted: ParticipantsWanted) {
  const filter = await filterOf(db, wanted)
  return readPage(db, filter, wanted.after ?? 0, wanted.limit ?? PAGE)
}

const CSV_PAGE = 1000

/** Everybody that the choice picks, page by page, for an export. @throws NotFound, InvalidInput at the first page */
export async function* eachParticipant({ db }: { db: Db }, wanted: ParticipantChoice & { code: string }) {
  const filter = await filterOf(db, wanted)
  for (let after: number | null = 0; after !== null; ) {
    const { items, next }: Awaited<ReturnType<typeof readPage>> = await readPage(db, filter, after, CSV_PAGE)
    yield items
    after = next === null ? null : Number(next)
  }
}

async function filterOf(db: Db, wanted: ParticipantChoice & { code: string }): Promise<ParticipantFilter> {
  const round = await getRoundRow({ db }, wanted)
  const { states, sector, pathway, matched } = wanted
  const country_code = wanted.country === undefined ? undefined : findCountryCode(wanted.country)
  if (wanted.country !== undefined && !country_code)
    throw new InvalidInput([{ field: 'country', message: unknownCountry(wanted.country) }])
  const text = await matchText(db, wanted.text)
  return { round_id: round.id, states, country_code, sector, pathway, matched, text }
}

async function readPage(db: Db, filter: ParticipantFilter, after: number, limit: number) {
  // one more tells whether there is a next page
  const found = await listParticipantRows(db, { ...filter, after, limit: limit + 1 })
  const rows = found.slice(0, limit)
  const ids = rows.map(({ person_id }) => person_id)
  const [partners, suppressions] =
    ids.length === 0
      ? [[], []]
      : await Promise.all([listPartners(db, filter.round_id, ids), listCurrentSuppressions(db, ids)])
  const partnersOf = groupBy(partners, ({ of_person_id }) => of_person_id)
  const suppressionsOf = groupBy(suppressions, ({ person_id }) => person_id)

  const items = rows.map(({ state_changed_at, ...row }) => ({
    ...row,
    confirmation: ANSWERED.has(row.state) ? { state: row.state, at: state_changed_at } : null,
    partnership: partnershipOf(partnersOf.get(row.person_id) ?? []),
    suppressed: (suppressionsOf.get(row.person_id) ?? []).map(({ scope }) => scope),
  }))
  return { items, next: found.length > limit ? String(ids.at(-1)) : null }
}

function groupBy<Row>(rows: readonly Row[], keyOf: (row: Row) => number): Map<number, Row[]> {
  const groups = new Map<number, Row[]>()
  for (const row of rows) groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row])
  return groups
}

/** How many; `more` when there are more than were counted. */
export interface Counted {
  count: number
  more: boolean
}

/** A programme has a few thousand people: of more we say "more than". */
const MOST_COUNTED = 5000
/** Whom a text picks is looked at one by one when very many share it. */
const MOST_COUNTED_BY_TEXT = 200

/** A page, how many the choice picks, and of how many. @throws NotFound, InvalidInput */
export async function browseParticipants({ db }: { db: Db }, wanted: ParticipantsWanted) {
  const filter = await filterOf(db, wanted)
  const { round_id, ...choice } = filter
  const isChosen = Object.values(choice).some((value) => value !== undefined)
  const [page, everybody, chosen] = await Promise.all([
    readPage(db, filter, wanted.after ?? 0, wanted.limit ?? PAGE),
    count(db, { round_id }),
    isChosen ? count(db, filter) : undefined,
  ])
  return { ...page, counted: chosen ?? everybody, everybody }
}

async function count(db: Db, filter: ParticipantFilter): Promise<Counted> {
  const most = filter.text ? MOST_COUNTED_BY_TEXT : MOST_COUNTED
  const found = await countParticipantRows(db, filter, most + 1)
  return { count: Math.min(found, most), more: found > most }
}

/** What a round's people can be filtered by: values that occur. */
export async function listParticipantChoices({ db }: { db: Db }, { round_id }: { round_id: number }) {
  const [countries, pathways, sectors] = await Promise.all([
    listChoices(db, round_id, 'country_code'),
    listChoices(db, round_id, 'pathway'),
    listChoices(db, round_id, 'sector'),
  ])
  return { states: APPLICATION_STATES, countries, pathways, sectors }
}

/** A page of all people of all rounds by id, with their latest application and what stops mail to them. */
export async function listEverybody(
  { db }: { db: Db },
  wanted: { text?: string | undefined; after?: number | undefined; limit: number },
) {
  const text = await matchText(db, wanted.text)
  const found = await listEverybodyRows(db, { text, after: wanted.after ?? 0, limit: wanted.limit + 1 })
  const rows = found.slice(0, wanted.limit)
  const ids = rows.map(({ person_id }) => person_id)
  const suppressions = groupBy(
    ids.length === 0 ? [] : await listCurrentSuppressions(db, ids),
    ({ person_id }) => person_id,
  )
  const items = rows.map((row) => ({
    ...row,
    suppressed: (suppressions.get(row.person_id) ?? []).map(({ scope }) => scope),
  }))
  return { items, next: found.length > wanted.limit ? (ids.at(-1) ?? null) : null }
}

function partnershipOf(rows: Awaited<ReturnType<typeof listPartners>>) {
  // A re-match may leave two rows for a moment: the newest is the one that counts.
  const newest = rows.at(-1)
  if (!newest) return null
  return {
    id: newest.partnership_id,
    introduced_at: newest.introduced_at,
    partners: rows
      .filter(({ partnership_id }) => partnership_id === newest.partnership_id)
      .map(({ person_id, given_name, family_name, country_code }) => ({
        person_id,
        given_name,
        family_name,
        country_code,
      })),
  }
}
