import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { connectAudience, measureDrift } from '../../../../src/features/mailchimp/index.ts'
import { Upstream } from '../../../../src/lib/errors.ts'
import type { Mailchimp } from '../../../../src/platform/mailchimp/index.ts'
import { addPeople, addressOf, openConnected, openProgramme } from './programme.ts'
import { inStep, instead, LATER_MS, membersOf, openSynced, run, setAddress, setName, setState } from './synced.ts'

const killed = async () => Promise.reject(new Error('killed'))

describe('killed between the answer and the note, and read whole before anything else', () => {
  test('who was taken out by us is put in again when they come back', async () => {
    const programme = await openSynced(1)
    const { id, sync, deps, fake } = programme
    const { archiveMember } = deps.mailchimp as Mailchimp
    await setState(programme, id, 'withdrawn')
    const real = instead(programme, { archiveMember: (...given) => archiveMember(...given).then(killed) })
    await expect(sync()).rejects.toThrow('killed')
    real()
    await inStep(programme)
    await setState(programme, id, 'confirmed')
    await sync()
    expect(fake.member(addressOf(id))?.status).toBe('subscribed')
  })

  test('a contact that moved stays ours', async () => {
    const programme = await openSynced(1)
    const { id, sync, deps, fake } = programme
    const { putMember } = deps.mailchimp as Mailchimp
    await setAddress(programme, id, 'new@library.example')
    const real = instead(programme, { putMember: (...given) => putMember(...given).then(killed) })
    await expect(sync()).rejects.toThrow('killed')
    real()
    await inStep(programme)
    await setState(programme, id, 'withdrawn')
    await sync()
    expect(fake.member('new@library.example')?.status).toBe('archived')
  })
})

describe('one contact that Mailchimp will not have does not hold up the others', () => {
  test.each(['mailchimp_compliance', 'mailchimp_refused'])('put back: %s', async (code) => {
    const programme = await openSynced(2)
    const { ids, id, sync, fake, deps } = programme
    await setState(programme, id, 'withdrawn')
    await sync()
    deps.clock.advance(LATER_MS)
    await setState(programme, id, 'confirmed')
    await setName(programme, ids[1] as number, 'Zoe')
    instead(programme, {
      addMembers: async (_list, members) => ({
        taken: [],
        refused: members.map(({ email_address }) => ({
          email_address,
          code: 'exists' as const,
          words: 'It is there.',
        })),
      }),
      putMember: () => Promise.reject(new Upstream(code, 'Mailchimp says no.', { retryable: false })),
    })
    expect(await sync()).toMatchObject({ changed: 1, for_person: 1 })
    expect(fake.member(addressOf(ids[1] as number))?.merge_fields.FNAME).toBe('Zoe')
  })

  test('neither moved nor taken out', async () => {
    const programme = await openSynced(2)
    const { ids, id, sync, fake } = programme
    await setAddress(programme, id, 'refused@library.example')
    await setName(programme, ids[1] as number, 'Zoe')
    instead(programme, {
      archiveMember: () =>
        Promise.reject(new Upstream('mailchimp_refused', 'Mailchimp says no.', { retryable: false })),
    })
    expect(await sync()).toMatchObject({ for_person: 1 })
    expect(fake.member(addressOf(ids[1] as number))?.merge_fields.FNAME).toBe('Zoe')
  })

  test('what no text here can hold is left out of what is read', async () => {
    const programme = await openSynced(2)
    const [one = '', other = ''] = programme.addresses
    programme.fake.memberChanges(one, { FNAME: 'A\0na' })
    programme.fake.memberChanges(other, { FNAME: 'Ana\ud83d' })
    await programme.sync({ whole: true })
    const names = await programme.deps.db.selectFrom('people').select('given_name').orderBy('id').execute()
    expect(names.map(({ given_name }) => given_name.isWellFormed())).toEqual([true, true])
    expect(names[0]).toEqual({ given_name: 'Ana' })
    await inStep(programme)
  })
})

describe('tags are one there whatever their capitals', () => {
  test('renamed there in its capitals alone, a tag is the same', async () => {
    const programme = await openSynced(2)
    const { eachMember, listTags } = programme.deps.mailchimp as Mailchimp
    const loud = (text: string) => text.toUpperCase()
    instead(programme, {
      listTags: async (list) => (await listTags(list)).map((tag) => ({ ...tag, name: loud(tag.name) })),
      async *eachMember(...given) {
        for await (const page of eachMember(...given))
          yield page.map((member) => ({ ...member, tags: member.tags.map(loud) }))
      },
    })
    expect(await inStep(programme)).toBe(0)
    await setState(programme, programme.id, 'waitlisted')
    await programme.sync()
    expect(programme.fake.member(addressOf(programme.id))?.tags).toEqual(['2016A waitlisted'])
  })

  test('two rounds that differ in it take nothing from one another', async () => {
    const programme = await openSynced(1)
    await addPeople(programme, 1, { code: '2016a' })
    await programme.sync()
    expect(await inStep(programme)).toBe(0)
    expect(Object.values(programme.fake.tags()).flat()).toHaveLength(2)
  })

  test('more than 500 lose one that was deleted there', async () => {
    const programme = await openSynced(501)
    instead(programme, { listTags: async () => [] })
    await run(programme, sql`update applications set state = 'waitlisted'`)
    await programme.sync()
    expect(await measureDrift(programme.deps)).toMatchObject({ drift: 0 })
  })
})

describe('nothing is written before somebody has begun', () => {
  test('not by a sync that was asked for of the audience before', async () => {
    const programme = await openProgramme()
    const { deps, fake, sync } = programme
    await addPeople(programme, 1)
    await connectAudience(deps, { list_id: fake.list_id, by: 'staff 1', dry_run: true })
    expect(await sync({ whole: true, dry_run: false })).toMatchObject({ dry_run: true, new: 1 })
    expect(fake.countMembers()).toEqual({})
  })

  test('a dry run makes no field that was removed there', async () => {
    const programme = await openSynced(1)
    const { listMergeFields } = programme.deps.mailchimp as Mailchimp
    instead(programme, {
      listMergeFields: async (list) => (await listMergeFields(list)).filter(({ tag }) => tag !== 'COUNTRY'),
    })
    await programme.sync({ whole: true, dry_run: true })
    expect(programme.fake.writes).toBe(0)
  })
})

describe('addresses', () => {
  test('two people who swap theirs swap what stands there', async () => {
    const programme = await openSynced(2)
    const [one = 0, other = 0] = programme.ids
    await setAddress(programme, one, 'x@library.example')
    await setAddress(programme, other, addressOf(one))
    await setAddress(programme, one, addressOf(other))
    await programme.sync()
    expect(programme.fake.member(addressOf(one))?.merge_fields.FNAME).toBe('Reader2')
    expect(await inStep(programme)).toBe(0)
  })

  test('of one who was erased, given by somebody anew before it was deleted there, it is theirs', async () => {
    const programme = await openSynced(1)
    const { id, sync, fake } = programme
    await run(programme, sql`update people set given_name = 'Erased', erased_at = now() where id = ${id}`)
    await run(programme, sql`delete from addresses where person_id = ${id}`)
    await run(programme, sql`update mailchimp_members set address = '', fields = '{}', agreed = '{}', digest = null`)
    const [again = 0] = await addPeople(programme, 1)
    await setAddress(programme, again, addressOf(id))
    await sync()
    expect(await membersOf(programme)).toMatchObject([{ person_id: again, address: addressOf(id) }])
    // Undone, they are taken out and not deleted for good.
    await run(programme, sql`delete from people where id = ${again}`)
    await sync()
    expect(fake.member(addressOf(id))?.status).toBe('archived')
  })

  test('who left there under the address in its own letters has left', async () => {
    const programme = await openConnected()
    const [id = 0] = await addPeople(programme, 1)
    await setAddress(programme, id, 'ana@xn--bcher-kva.example')
    programme.fake.staffAdds('Ana@bücher.example', 'unsubscribed')
    await programme.sync({ whole: true })
    expect(programme.fake.member('ana@xn--bcher-kva.example')).toBeUndefined()
    expect(await inStep(programme)).toBe(0)
  })
})
