import { sql } from 'kysely'
import { requestConfirmations } from '../../../src/features/confirmations/index.ts'
import { openTestDeps, type TestDeps } from '../../support/deps.ts'
import { type Applicant, addApplicant } from '../campaigns/round.ts'

/** The moment at which tests begin, and a round whose last day to confirm is two weeks later. */
const CONFIRM_BY = '2016-03-15'
export const LAST_SECOND = '2016-03-16T11:59:59Z'
export const OVER = '2016-03-16T12:00:00Z'

export async function addConfirmingRound(deps: TestDeps, code = '2016A'): Promise<number> {
  const dates = { confirm_by: CONFIRM_BY, starts_on: '2016-04-01', ends_on: '2016-07-31' }
  const { id } = await deps.db
    .insertInto('rounds')
    .values({ code, name: `Round ${code}`, ...dates })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

/** Applicants by name with what differs from an ordinary one. */
export type People = Record<string, Applicant>

/** A round with applicants, not asked yet. */
export async function openRound(people: People = { ana: {}, ben: {} }) {
  const deps = await openTestDeps()
  const round_id = await addConfirmingRound(deps)
  const ids = new Map<string, number>()
  for (const [name, applicant] of Object.entries(people))
    ids.set(
      name,
      await addApplicant(deps.db, round_id, { given_name: name, address: `${name}@library.example`, ...applicant }),
    )
  const idOf = (name: string) => ids.get(name) as number
  const add = async (name: string, applicant: Applicant = {}) => {
    const address = `${name}@library.example`
    ids.set(name, await addApplicant(deps.db, round_id, { given_name: name, address, ...applicant }))
  }
  /** Everybody's state by name. */
  const states = async () => {
    const { rows } = await sql<{ person_id: number; state: string }>`
      select person_id, state from applications where round_id = ${round_id}`.execute(deps.db)
    const byId = new Map(rows.map((row) => [row.person_id, row.state]))
    return Object.fromEntries([...ids].map(([name, id]) => [name, byId.get(id)]))
  }
  /** What was queued for somebody: the keys of automatic emails, in order. */
  const notices = async (name: string) => {
    const { rows } = await sql<{ key: string }>`
      select c.automatic_key as key from deliveries d join campaigns c on c.id = d.campaign_id
      where d.person_id = ${idOf(name)} and c.kind = 'automatic' order by d.id`.execute(deps.db)
    return rows.map(({ key }) => key)
  }
  /** What is kept of somebody's answers. */
  const answers = async (name: string) => {
    const { rows } = await sql<{ said: string }>`
      select c.before || ' > ' || c.answer || ' by ' || c.source as said from confirmation_answers c
      join applications a on a.id = c.application_id where a.person_id = ${idOf(name)} order by c.id`.execute(deps.db)
    return rows.map(({ said }) => said)
  }
  const setState = (name: string, state: string, at = deps.clock.now()) =>
    deps.db
      .updateTable('applications')
      .set({ state, state_changed_at: at })
      .where('person_id', '=', idOf(name))
      .execute()
  return { deps, round_id, idOf, add, states, notices, answers, setState }
}

export type OpenRound = Awaited<ReturnType<typeof openRound>>

/** Asks everybody, and lets the mail server take it. Returns each one's delivery by name. */
export async function askEverybody(round: OpenRound, remind_after_days: number[] = []) {
  const { deps } = round
  const { campaign_id } = await requestConfirmations(deps, { code: '2016A', remind_after_days })
  await takeAll(deps, campaign_id)
  return { campaign_id, deliveryOf: (name: string) => deliveryOf(round, campaign_id, name) }
}

async function deliveryOf({ deps, idOf }: OpenRound, campaign_id: number, name: string): Promise<number> {
  const { id } = await deps.db
    .selectFrom('deliveries')
    .select('id')
    .where('campaign_id', '=', campaign_id)
    .where('person_id', '=', idOf(name))
    .executeTakeFirstOrThrow()
  return id
}

/** As if the mail server had accepted every copy of a campaign. */
export async function takeAll({ db, clock }: TestDeps, campaign_id: number): Promise<void> {
  await sql`update deliveries set state = 'accepted', accepted_at = ${clock.now()}
    where campaign_id = ${campaign_id} and state = 'queued'`.execute(db)
  await sql`update campaigns set state = 'done', started_at = ${clock.now()}, finished_at = ${clock.now()} where id = ${campaign_id}`.execute(
    db,
  )
}

/** A message that came in, as its reader leaves it or finds it. Returns its id. */
export async function addIncoming(
  { deps: { db, clock } }: OpenRound,
  message: { received_at?: Date; is_read?: boolean } = {},
): Promise<number> {
  const { received_at = clock.now(), is_read = true } = message
  const { rows } = await sql<{ id: number }>`
    insert into incoming_messages (source, octets, digest, received_at, state, outcome)
    values ('smtp', 1, decode(md5(random()::text), 'hex'), ${received_at}, ${is_read ? 'read' : 'received'}, ${is_read ? 'inbox' : null})
    returning id`.execute(db)
  return (rows[0] as { id: number }).id
}

export async function addInboxItem(round: OpenRound, name: string): Promise<number> {
  const { deps, round_id, idOf } = round
  const incoming_id = await addIncoming(round)
  const { id } = await deps.db
    .insertInto('inbox_items')
    .values({ incoming_id, round_id, person_id: idOf(name), why: 'A question.', created_at: deps.clock.now() })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}
