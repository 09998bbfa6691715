/** A programme in step with its audience, for what may go wrong from there on. */
import { sql } from 'kysely'
import { expect } from 'vitest'
import { measureDrift } from '../../../../src/features/mailchimp/index.ts'
import type { Mailchimp } from '../../../../src/platform/mailchimp/index.ts'
import { addPeople, addressOf, openConnected, type Programme } from './programme.ts'

export const LATER_MS = 3600_000

export async function openSynced(
  count: number,
): Promise<Programme & { ids: number[]; addresses: string[]; id: number }> {
  const programme = await openConnected()
  const ids = await addPeople(programme, count)
  await programme.sync({ whole: true })
  programme.deps.clock.advance(LATER_MS)
  programme.fake.resetCalls()
  return { ...programme, ids, addresses: ids.map(addressOf), id: ids[0] as number }
}

export const run = ({ deps }: Programme, query: ReturnType<typeof sql>) => query.execute(deps.db)
export const setState = (programme: Programme, id: number, state: string) =>
  run(programme, sql`update applications set state = ${state} where person_id = ${id}`)
export const setAddress = (programme: Programme, id: number, address: string) =>
  run(programme, sql`update addresses set address = ${address} where person_id = ${id}`)
export const setName = (programme: Programme, id: number, name: string) =>
  run(programme, sql`update people set given_name = ${name} where id = ${id}`)
export const membersOf = ({ deps }: Programme) =>
  deps.db.selectFrom('mailchimp_members').selectAll().orderBy('hash').execute()
export const inStep = async ({ deps, fake, sync }: Programme) => {
  deps.clock.advance(LATER_MS)
  fake.resetCalls()
  await sync({ whole: true })
  expect(await measureDrift(deps)).toMatchObject({ drift: 0 })
  return fake.writes
}
/** Until the returned function is called, calls go by these instead. */
export function instead({ deps }: Programme, calls: Partial<Mailchimp>): () => void {
  const account = deps.mailchimp as Mailchimp
  const real = Object.fromEntries(Object.keys(calls).map((name) => [name, account[name as keyof Mailchimp]]))
  Object.assign(account, calls)
  return () => void Object.assign(account, real)
}
