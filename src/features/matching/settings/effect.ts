import { InvalidInput } from '../../../lib/errors.ts'
import type { Db } from '../../../platform/db/open.ts'
import { getRoundRow } from '../../rounds/index.ts'
import { readApplicants } from '../pool/applicants.ts'
import { listNamed, type NamedRow } from '../pool/pool-queries.ts'
import {
  type Effect,
  type Hierarchy,
  type MatchingApplicant,
  measureEffect,
  packProfiles,
  type UnknownAnswer,
} from '../scores/index.ts'
import { listDecisionRows } from './decision-queries.ts'
import { faultsOfHierarchy, readSettings } from './settings.ts'

/** What a change of the hierarchy does to the people who are matched. */
export interface SettingsEffect {
  /** As saved. */
  before: Effect
  /** As it would be. */
  after: Effect
  /** Who would have the fewest possible partners, fewest first; `before` where they are among the fewest now too. */
  fewest: (NamedRow & { partners: number; before: number | null })[]
  /** Answers that the new criteria do not know: they count neutrally. */
  unknown: UnknownAnswer[]
  /** Of so many people who are matched; the figures are of some of them, evenly chosen, where there are very many. */
  people: number
}

/** All pairs of these are looked at twice, within a second. */
const MOST_MEASURED = 5000

/** Nothing is saved. @throws NotFound, InvalidInput by field */
export async function measureSettingsEffect(
  { db }: { db: Db },
  { code, hierarchy }: { code: string; hierarchy: Hierarchy },
): Promise<SettingsEffect> {
  const round = await getRoundRow({ db }, { code })
  const faults = await faultsOfHierarchy(db, round.id, hierarchy)
  if (faults.length > 0) throw new InvalidInput(faults)
  const [settings, everybody, decisions] = await Promise.all([
    readSettings(db, round.id),
    readApplicants(db, round.id),
    listDecisionRows(db, round.id),
  ])
  const people = chooseEvenly(everybody, MOST_MEASURED)
  const bans = decisions
    .filter(({ kind }) => kind === 'ban')
    .map(({ first_person_id, second_person_id }): [number, number] => [first_person_id, second_person_id])
  const before = measureEffect(packProfiles(settings.hierarchy, people, { bans }))
  const profiles = packProfiles(hierarchy, people, { bans })
  const after = measureEffect(profiles)
  const fewest = await nameFewest(db, round.id, { before, after })
  return { before, after, fewest, unknown: profiles.unknown, people: everybody.length }
}

async function nameFewest(db: Db, roundId: number, { before, after }: { before: Effect; after: Effect }) {
  const partnersBefore = new Map(before.fewest_partners.map(({ person_id, partners }) => [person_id, partners]))
  const ids = after.fewest_partners.map(({ person_id }) => person_id)
  const byId = new Map((await listNamed(db, roundId, ids)).map((person) => [person.person_id, person]))
  return after.fewest_partners.map(({ person_id, partners }) => ({
    ...(byId.get(person_id) as NamedRow),
    partners,
    before: partnersBefore.get(person_id) ?? null,
  }))
}

function chooseEvenly(people: MatchingApplicant[], most: number): MatchingApplicant[] {
  if (people.length <= most) return people
  const step = people.length / most
  return Array.from({ length: most }, (_, at) => people[Math.floor(at * step)] as MatchingApplicant)
}
