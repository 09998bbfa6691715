import { sql } from 'kysely'
import { createPartnerships, ensureIntroductionDraft } from '../../../src/features/partnerships/index.ts'
import type { Db } from '../../../src/platform/db/open.ts'
import { type Applicant, addApplicant, addRound } from '../campaigns/round.ts'

const COUNTRIES = ['KE', 'AR', 'SE', 'JP', 'FR']

/** Confirmed people of the round, one for each address, from different countries. Returns their ids. */
export async function addPeople(
  db: Db,
  round_id: number,
  addresses: readonly string[],
  change: Applicant = {},
): Promise<number[]> {
  const ids: number[] = []
  for (const [at, address] of addresses.entries()) {
    const family_name = address.split('@')[0] as string
    const country_code = COUNTRIES[at % COUNTRIES.length] as string
    ids.push(await addApplicant(db, round_id, { family_name, country_code, state: 'confirmed', ...change, address }))
  }
  return ids
}

/** Partnerships of these people, as an approved run makes them. Returns their ids. */
export async function addPartnerships(db: Db, round_id: number, groups: readonly number[][]): Promise<number[]> {
  const reasons = 'You both work in public libraries.'
  await db.transaction().execute((tx) =>
    createPartnerships(tx, {
      ...{ round_id, run_id: null, now: new Date('2016-03-01T09:00:00Z') },
      partnerships: groups.map((person_ids) => ({ person_ids, score: 8000, reasons })),
    }),
  )
  const rows = await db.selectFrom('partnerships').select('id').where('round_id', '=', round_id).orderBy('id').execute()
  return rows.slice(-groups.length).map(({ id }) => id)
}

/**
 * A round in which these partners wait to be introduced. Each group is written as the local parts or addresses of its
 * people: `[['ana', 'ben'], ['refused', 'eva']]`.
 */
export async function addIntroductions(db: Db, groups: readonly string[][], domain = 'library.example') {
  const round_id = await addRound(db)
  const people = new Map<string, number>()
  const addressOf = (name: string) => (name.includes('@') ? name : `${name}@${domain}`)
  for (const name of new Set(groups.flat()))
    people.set(name, (await addPeople(db, round_id, [addressOf(name)]))[0] as number)
  const idOf = (name: string) => people.get(name) as number
  const partnership_ids = await addPartnerships(
    db,
    round_id,
    groups.map((names) => names.map(idOf)),
  )
  return { round_id, partnership_ids, idOf }
}

export const draftIntroduction = (db: Db, round_id: number) =>
  db.transaction().execute((tx) => ensureIntroductionDraft(tx, { round_id, by: 'staff 1' }))

/** What became of everybody's copy, by the local part of their address: `accepted`, or `skipped: partner_unreachable`. */
export async function copiesOf(db: Db, campaignId: number): Promise<Record<string, string>> {
  const { rows } = await sql<{ name: string; state: string; reason: string | null }>`
    select split_part(address, '@', 1) as name, state, coalesce(skipped_reason, held_reason) as reason
    from deliveries where campaign_id = ${campaignId} and not is_test order by id`.execute(db)
  return Object.fromEntries(
    rows.map(({ name, state, reason }) => [name, reason === null ? state : `${state}: ${reason}`]),
  )
}

/** Ids of the partnerships that count as introduced. */
export async function introducedIn(db: Db, round_id: number): Promise<number[]> {
  const rows = await db
    .selectFrom('partnerships')
    .select('id')
    .where('round_id', '=', round_id)
    .where('introduced_at', 'is not', null)
    .orderBy('id')
    .execute()
  return rows.map(({ id }) => id)
}
