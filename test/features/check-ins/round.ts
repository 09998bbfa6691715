import { sql } from 'kysely'
import { signToken, type TokenPurpose } from '../../../src/lib/tokens.ts'
import { openTestDeps } from '../../support/deps.ts'
import { type Applicant, addApplicant, addDraft, addRound } from '../campaigns/round.ts'

/** A round with introduced partnerships, written by name: `[['ana', 'ben'], ['ana', 'cho']]`, and an email to each. */
export async function openRound(groups: readonly string[][], people: Record<string, Applicant> = {}) {
  const deps = await openTestDeps()
  const { db, clock } = deps
  const round_id = await addRound(db)
  const ids = new Map<string, number>()
  for (const name of new Set(groups.flat())) {
    const applicant = { given_name: name, family_name: 'Secret-Souza', state: 'confirmed', ...people[name] }
    ids.set(name, await addApplicant(db, round_id, { address: `${name}@library.example`, ...applicant }))
  }
  const idOf = (name: string) => ids.get(name) as number
  const partnership_ids: number[] = []
  for (const group of groups) {
    const { id } = await db
      .insertInto('partnerships')
      .values({ round_id, introduced_at: clock.now() })
      .returning('id')
      .executeTakeFirstOrThrow()
    const members = group.map((name) => ({ partnership_id: id, person_id: idOf(name) }))
    await db.insertInto('partnership_members').values(members).execute()
    partnership_ids.push(id)
  }
  /** A check-in is sent to everybody once more. */
  async function send(): Promise<(name: string, purpose?: TokenPurpose) => string> {
    const campaign_id = await addDraft(db, { kind: 'check_in' })
    const deliveries = new Map<string, number>()
    for (const [name, person_id] of ids) {
      const { rows } = await sql<{ id: number }>`
        insert into deliveries (campaign_id, person_id, lane, state, address, domain, language, version, due_at)
        values (${campaign_id}, ${person_id}, 'campaign', 'accepted', ${`${name}@library.example`}, 'library.example', 'en', 1, now())
        returning id`.execute(db)
      deliveries.set(name, (rows[0] as { id: number }).id)
    }
    return (name, purpose = 'check_in') =>
      `/p/check-in/${signToken(deps.keys, purpose, deliveries.get(name) as number)}`
  }
  /** What is kept, in order: `ana: in_touch by link`. */
  const answers = async () => {
    const { rows } = await sql<{ person_id: number; said: string }>`
      select person_id, answer || ' by ' || coalesce(recorded_by, source) as said from check_in_answers order by id`.execute(
      db,
    )
    const names = new Map([...ids].map(([name, id]) => [id, name]))
    return rows.map(({ person_id, said }) => `${names.get(person_id)}: ${said}`)
  }
  const end = (at: number) =>
    db
      .updateTable('partnerships')
      .set({ ended_at: clock.now(), end_reason: 'test' })
      .where('id', '=', partnership_ids[at] as number)
      .execute()
  return { deps, round_id, idOf, partnership_ids, send, answers, end }
}

export type OpenRound = Awaited<ReturnType<typeof openRound>>
