import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { addPeople, addressOf, openConnected } from './programme.ts'

const LATER_MS = 3600_000
const setState = (programme: Awaited<ReturnType<typeof openConnected>>, id: number, state: string) =>
  sql`update applications set state = ${state} where person_id = ${id}`.execute(programme.deps.db)

test('who was taken out by us, killed before that was noted, is put back when they are wanted again', async () => {
  const programme = await openConnected()
  const { deps, fake, sync } = programme
  const [id = 0] = await addPeople(programme, 1)
  await sync({ whole: true })
  deps.clock.advance(LATER_MS)
  await setState(programme, id, 'withdrawn')
  const archive = deps.mailchimp?.archiveMember as NonNullable<typeof deps.mailchimp>['archiveMember']
  Object.assign(deps.mailchimp as object, {
    archiveMember: async (...given: Parameters<typeof archive>) => {
      await archive(...given)
      throw new Error('killed')
    },
  })
  await expect(sync()).rejects.toThrow('killed')
  Object.assign(deps.mailchimp as object, { archiveMember: archive })
  deps.clock.advance(LATER_MS)
  await setState(programme, id, 'confirmed')
  await sync({ whole: true })
  expect(fake.member(addressOf(id))?.status).toBe('subscribed')
})

test('who was added, the answer lost, and deleted here before the next sync is taken out', async () => {
  const programme = await openConnected()
  const { deps, fake, sync } = programme
  const [id = 0] = await addPeople(programme, 1)
  fake.faults.next('POST /lists/{list_id}', 'cut-after', 50)
  await expect(sync({ whole: true })).rejects.toMatchObject({ retryable: true })
  fake.faults.stop()
  await sql`delete from people where id = ${id}`.execute(deps.db)
  await sync()
  deps.clock.advance(LATER_MS)
  await sync({ whole: true })
  expect(fake.countMembers()).toEqual({ archived: 1 })
})

test('who was added, the answer lost, and renamed here before the next sync is ours', async () => {
  const programme = await openConnected()
  const { deps, fake, sync } = programme
  const [id = 0] = await addPeople(programme, 1)
  fake.faults.next('POST /lists/{list_id}', 'cut-after', 50)
  await expect(sync({ whole: true })).rejects.toMatchObject({ retryable: true })
  fake.faults.stop()
  await sql`update people set given_name = 'Amina' where id = ${id}`.execute(deps.db)
  deps.clock.advance(LATER_MS)
  await sync()
  await setState(programme, id, 'withdrawn')
  deps.clock.advance(LATER_MS)
  await sync({ whole: true })
  expect(fake.countMembers()).toEqual({ archived: 1 })
})

test('who left there unheard, and is taken out by us before it was read, is suppressed here all the same', async () => {
  const programme = await openConnected()
  const { deps, fake, sync } = programme
  const [id = 0] = await addPeople(programme, 1)
  await sync({ whole: true })
  deps.clock.advance(LATER_MS)
  fake.memberUnsubscribes(addressOf(id))
  await setState(programme, id, 'withdrawn')
  await sync()
  deps.clock.advance(LATER_MS)
  await setState(programme, id, 'confirmed')
  await sync({ whole: true })
  expect((await sql`select from suppressions`.execute(deps.db)).rows).not.toEqual([])
})

test('who left there unheard, and has another address here that is a contact there already, is suppressed at both', async () => {
  const programme = await openConnected()
  const { deps, fake, sync } = programme
  const [id = 0] = await addPeople(programme, 1)
  await sync({ whole: true })
  deps.clock.advance(LATER_MS)
  fake.memberUnsubscribes(addressOf(id))
  fake.staffAdds('new@library.example', 'subscribed')
  await sql`update addresses set is_primary = false where person_id = ${id}`.execute(deps.db)
  await sql`insert into addresses (person_id, address, is_primary) values (${id}, 'new@library.example', true)`.execute(
    deps.db,
  )
  await sync()
  const { rows } = await sql<{ address: string }>`
    select address from suppressions where lifted_at is null order by address`.execute(deps.db)
  expect(rows.map(({ address }) => address)).toEqual([addressOf(id), 'new@library.example'].sort())
  expect(fake.member(addressOf(id))?.status).toBe('unsubscribed')
})
