import { describe, expect, test } from 'vitest'
import { testClock } from '../../../support/clock.ts'
import { openTestMailchimp } from '../../../support/mailchimp.ts'
import { callFake, newMembers } from './calls.ts'

const LIST = '/lists/aaaaaaaaaa'

test('the account says who it is and which lists it has', async () => {
  const fake = await openTestMailchimp({ account_name: 'Mentors', lists: [{ id: 'bbbbbbbbbb', name: 'Autumn' }] })
  expect((await callFake(fake, 'GET /ping')).body.health_status).toBe("Everything's Chimpy!")
  expect((await callFake(fake, 'GET /')).body.account_name).toBe('Mentors')
  fake.staffAdds('a@example.org', 'subscribed')
  fake.staffAdds('b@example.org', 'pending')
  const { body } = await callFake(fake, 'GET /lists?count=1000')
  expect(body).toMatchObject({ total_items: 1, lists: [{ id: 'bbbbbbbbbb', stats: { member_count: 1 } }] })
  fake.deleteList()
  expect((await callFake(fake, 'GET /lists/bbbbbbbbbb')).status).toBe(404)
})

describe('merge fields', () => {
  test('are made once, with ten characters at most', async () => {
    const fake = await openTestMailchimp()
    const make = (tag: string) => callFake(fake, `POST ${LIST}/merge-fields`, { tag, name: 'Round', type: 'text' })
    expect((await make('ROUND')).body).toMatchObject({ tag: 'ROUND', type: 'text', merge_id: 6 })
    expect((await make('ROUND')).status).toBe(400)
    expect((await make('ELEVENCHARS')).status).toBe(400)
    expect((await callFake(fake, `GET ${LIST}/merge-fields?count=100`)).body.total_items).toBe(6)
  })

  test('of another type refuse what is no such thing, contact by contact', async () => {
    const fake = await openTestMailchimp()
    await callFake(fake, `POST ${LIST}/merge-fields`, { tag: 'ROUND', name: 'Round', type: 'number' })
    const members = newMembers(2).map((member, at) => ({ ...member, merge_fields: { ROUND: at ? 'spring' : '3' } }))
    const { body } = await callFake(fake, `POST ${LIST}`, { members })
    expect(body).toMatchObject({ total_created: 1, errors: [{ field: 'ROUND', error_code: 'ERROR_GENERIC' }] })
  })
})

describe('tags', () => {
  test('are static segments: made, filled, emptied, found and removed', async () => {
    const fake = await openTestMailchimp()
    await callFake(fake, `POST ${LIST}`, { members: newMembers(3) })
    const at = (number: number) => `person${number}@example.org`
    const made = await callFake(fake, `POST ${LIST}/segments`, { name: 'Spring', static_segment: [at(0)] })
    expect(made.body).toMatchObject({ name: 'Spring', member_count: 1, type: 'static' })
    expect((await callFake(fake, `POST ${LIST}/segments`, { name: 'spring', static_segment: [] })).status).toBe(400)

    const fill = { members_to_add: [at(1), at(2), 'nobody@example.org'], members_to_remove: [at(0)] }
    const filled = await callFake(fake, `POST ${LIST}/segments/${made.body.id}`, fill)
    expect(filled.body).toMatchObject({ total_added: 2, total_removed: 1, error_count: 1 })
    expect(fake.tags()).toEqual({ Spring: [at(1), at(2)] })
    const members = await callFake(fake, `GET ${LIST}/segments/${made.body.id}/members`)
    expect(members.body.total_items).toBe(2)
    expect((await callFake(fake, `GET ${LIST}/tag-search?name=spr`)).body.tags).toHaveLength(1)

    expect((await callFake(fake, `DELETE ${LIST}/segments/${made.body.id}`)).status).toBe(204)
    expect((await callFake(fake, `GET ${LIST}/segments?type=static`)).body.total_items).toBe(0)
    expect(fake.member(at(1))?.tags).toEqual([])
  })

  test('take 500 addresses a call and no more', async () => {
    const fake = await openTestMailchimp()
    const addresses = newMembers(501).map((member) => member.email_address)
    const make = (name: string, of: string[]) => callFake(fake, `POST ${LIST}/segments`, { name, static_segment: of })
    expect((await make('Many', addresses)).status).toBe(400)
    const made = await make('Fewer', addresses.slice(1))
    expect(made.status).toBe(200)
    const fill = { members_to_add: addresses }
    expect((await callFake(fake, `POST ${LIST}/segments/${made.body.id}`, fill)).status).toBe(400)
  })

  test('of one contact are changed by name', async () => {
    const fake = await openTestMailchimp()
    await callFake(fake, `POST ${LIST}`, { members: newMembers(1) })
    const path = `${LIST}/members/${fake.members()[0]?.id}/tags`
    const tags = [{ name: 'Spring', status: 'active' }]
    expect((await callFake(fake, `POST ${path}`, { tags })).status).toBe(204)
    expect((await callFake(fake, `GET ${path}`)).body.tags).toMatchObject([{ name: 'Spring' }])
    await callFake(fake, `POST ${path}`, { tags: [{ name: 'Spring', status: 'inactive' }] })
    expect(fake.member('person0@example.org')?.tags).toEqual([])
  })
})

describe('what is written late', () => {
  test('is seen by reads only after so many of them', async () => {
    const fake = await openTestMailchimp({ lag: { of: ['tags', 'members'], reads: 1 } })
    await callFake(fake, `POST ${LIST}`, { members: newMembers(1) })
    const count = async () => (await callFake(fake, `GET ${LIST}/members`)).body.total_items
    expect([await count(), await count()]).toEqual([0, 1])
    await callFake(fake, `POST ${LIST}/segments`, { name: 'Spring', static_segment: ['person0@example.org'] })
    const tags = async () => (await callFake(fake, `GET ${LIST}/members`)).body.members[0].tags.length
    expect([await tags(), await tags()]).toEqual([0, 1])
  })

  test('or after a time, or when settled; what there is shows at once', async () => {
    const clock = testClock()
    const fake = await openTestMailchimp({ clock, lag: { of: ['tags'], ms: 60_000 } })
    await callFake(fake, `POST ${LIST}`, { members: newMembers(1) })
    const tags = async () => (await callFake(fake, `GET ${LIST}/members`)).body.members[0].tags.length
    const { body } = await callFake(fake, `POST ${LIST}/segments`, {
      ...{ name: 'Spring', static_segment: ['person0@example.org'] },
    })
    expect(fake.member('person0@example.org')?.tags).toEqual(['Spring'])
    expect(await tags()).toBe(0)
    clock.advance(60_000)
    expect(await tags()).toBe(1)
    await callFake(fake, `POST ${LIST}/segments/${body.id}`, { members_to_remove: ['person0@example.org'] })
    expect(await tags()).toBe(1)
    fake.settle()
    expect(await tags()).toBe(0)
  })
})
