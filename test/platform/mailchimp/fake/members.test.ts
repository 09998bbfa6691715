import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { testClock } from '../../../support/clock.ts'
import { openTestMailchimp } from '../../../support/mailchimp.ts'
import { callFake, newMembers } from './calls.ts'

const LIST = '/lists/aaaaaaaaaa'
const hashOf = (address: string) => createHash('md5').update(address.toLowerCase()).digest('hex')

describe('a batch of contacts', () => {
  test('adds those that are new, and leaves those that are there unless it may change them', async () => {
    const fake = await openTestMailchimp()
    const added = await callFake(fake, `POST ${LIST}`, { members: newMembers(3), update_existing: false })
    expect(added.body).toMatchObject({ total_created: 3, total_updated: 0, error_count: 0 })
    expect(added.body.new_members[0]).toMatchObject({ email_address: 'person0@example.org', status: 'subscribed' })

    const again = await callFake(fake, `POST ${LIST}`, { members: newMembers(4), update_existing: false })
    expect(again.body).toMatchObject({ total_created: 1, error_count: 3 })
    expect(again.body.errors[0]).toMatchObject({
      error_code: 'ERROR_CONTACT_EXISTS',
      email_address: 'person0@example.org',
    })

    const change = [{ email_address: 'PERSON0@example.org', merge_fields: { FNAME: 'Zoë', NOTHERE: 'x' } }]
    const changed = await callFake(fake, `POST ${LIST}`, { members: change, update_existing: true })
    expect(changed.body).toMatchObject({ total_updated: 1, error_count: 0 })
    expect(fake.member('person0@example.org')).toMatchObject({ status: 'subscribed', merge_fields: { FNAME: 'Zoë' } })
  })

  test('of 501 is refused whole, and 500 are taken', async () => {
    const fake = await openTestMailchimp()
    expect(await callFake(fake, `POST ${LIST}`, { members: newMembers(501) })).toMatchObject({ status: 400 })
    expect(fake.members()).toHaveLength(0)
    expect((await callFake(fake, `POST ${LIST}`, { members: newMembers(500) })).body.total_created).toBe(500)
  })

  test('says for each contact why it was refused', async () => {
    const fake = await openTestMailchimp()
    fake.staffAdds('left@example.org', 'subscribed')
    fake.memberUnsubscribes('left@example.org')
    const members = [
      { email_address: 'refused@example.org', status: 'subscribed' },
      { email_address: 'no address', status: 'subscribed' },
      { email_address: 'left@example.org', status: 'subscribed' },
      { email_address: 'stranger@example.org' },
      { email_address: 'long@example.org', status: 'subscribed', merge_fields: { FNAME: 'é'.repeat(128) } },
      { email_address: 'twice@example.org', status: 'subscribed' },
      { email_address: 'Twice@example.org', status: 'subscribed' },
    ]
    const { body } = await callFake(fake, `POST ${LIST}`, { members, update_existing: true })
    const errors = body.errors.map((one: { error: string }) => one.error)
    expect(errors).toEqual([
      expect.stringContaining('looks fake or invalid'),
      expect.stringContaining('looks fake or invalid'),
      expect.stringContaining('in a compliance state'),
      expect.stringContaining('status'),
      expect.stringContaining('merge fields'),
      expect.stringContaining('Duplicate'),
    ])
    expect(body.errors[4]).toMatchObject({ field: 'FNAME', error_code: 'ERROR_GENERIC' })
    expect(body.total_created).toBe(1)
    expect(fake.member('left@example.org')?.status).toBe('unsubscribed')
  })

  test('brings back who was archived, and not who had left before that', async () => {
    const fake = await openTestMailchimp()
    for (const address of ['a@example.org', 'b@example.org']) fake.staffAdds(address, 'subscribed')
    fake.memberUnsubscribes('b@example.org')
    for (const address of ['a@example.org', 'b@example.org']) fake.staffArchives(address)
    const members = ['a@example.org', 'b@example.org'].map((email_address) => ({ email_address, status: 'subscribed' }))
    const { body } = await callFake(fake, `POST ${LIST}`, { members, update_existing: false })
    expect(body).toMatchObject({ total_created: 1, error_count: 1 })
    expect(fake.member('a@example.org')?.status).toBe('subscribed')
    expect(fake.member('b@example.org')?.status).toBe('archived')
  })
})

describe('one contact', () => {
  test('is put, changed, archived once, and never again taken when deleted for good', async () => {
    const fake = await openTestMailchimp()
    const path = `${LIST}/members/${hashOf('ada@example.org')}`
    expect((await callFake(fake, `GET ${path}`)).status).toBe(404)
    const put = { email_address: 'Ada@example.org', status_if_new: 'subscribed', merge_fields: { FNAME: 'Ada' } }
    expect((await callFake(fake, `PUT ${path}`, put)).body).toMatchObject({ status: 'subscribed', tags: [] })
    expect((await callFake(fake, `PATCH ${path}`, { merge_fields: { FNAME: 'Ida' } })).status).toBe(200)
    expect((await callFake(fake, `GET ${path}`)).body.merge_fields.FNAME).toBe('Ida')
    expect((await callFake(fake, `DELETE ${path}`)).status).toBe(204)
    expect((await callFake(fake, `DELETE ${path}`)).status).toBe(405)
    expect((await callFake(fake, `GET ${path}`)).body.status).toBe('archived')
    expect((await callFake(fake, `POST ${path}/actions/delete-permanent`)).status).toBe(204)
    expect((await callFake(fake, `POST ${path}/actions/delete-permanent`)).status).toBe(404)
    expect(await callFake(fake, `PUT ${path}`, put)).toMatchObject({
      status: 400,
      body: { title: 'Forgotten Email Not Subscribed' },
    })
  })

  test('moves to another address, and not to one that somebody has', async () => {
    const fake = await openTestMailchimp()
    fake.staffAdds('old@example.org', 'subscribed', { FNAME: 'Ada' })
    fake.staffAdds('other@example.org', 'subscribed')
    const path = `${LIST}/members/${hashOf('old@example.org')}`
    const put = (email_address: string) => callFake(fake, `PUT ${path}`, { email_address, status_if_new: 'subscribed' })
    expect((await put('other@example.org')).body.title).toBe('Member Exists')
    expect((await put('new@example.org')).body.id).toBe(hashOf('new@example.org'))
    expect(fake.member('old@example.org')).toBeUndefined()
    expect(fake.member('new@example.org')?.merge_fields).toEqual({ FNAME: 'Ada' })
  })

  test('that left cannot be subscribed by the API', async () => {
    const fake = await openTestMailchimp()
    fake.staffAdds('left@example.org', 'subscribed')
    fake.memberUnsubscribes('left@example.org')
    const path = `${LIST}/members/${hashOf('left@example.org')}`
    expect(await callFake(fake, `PATCH ${path}`, { status: 'subscribed' })).toMatchObject({
      ...{ status: 400, type: expect.stringContaining('problem+json') },
      body: { title: 'Member In Compliance State' },
    })
  })
})

describe('reading contacts', () => {
  test('goes by pages of 1,000 at most, with the asked fields only', async () => {
    const fake = await openTestMailchimp()
    for (let at = 0; at < 1200; at += 400) await callFake(fake, `POST ${LIST}`, { members: newMembers(400, at) })
    const fields = 'fields=members.id,members.email_address,members.tags.name,total_items'
    const first = await callFake(fake, `GET ${LIST}/members?count=1000&${fields}`)
    const second = await callFake(fake, `GET ${LIST}/members?count=1000&offset=1000&${fields}`)
    expect([first.body.members.length, second.body.members.length, second.body.total_items]).toEqual([1000, 200, 1200])
    expect(Object.keys(first.body.members[0]).sort()).toEqual(['email_address', 'id', 'tags'])
    expect((await callFake(fake, `GET ${LIST}/members`)).body.members).toHaveLength(10)
  })

  test('leaves out archived ones unless they are asked for, or the account lists them always', async () => {
    for (const archivedListed of ['asked', 'always'] as const) {
      const fake = await openTestMailchimp({ archivedListed })
      fake.staffAdds('a@example.org', 'subscribed')
      fake.staffAdds('b@example.org', 'archived')
      const all = await callFake(fake, `GET ${LIST}/members`)
      expect(all.body.total_items).toBe(archivedListed === 'asked' ? 1 : 2)
      expect((await callFake(fake, `GET ${LIST}/members?status=archived`)).body.total_items).toBe(1)
    }
  })

  test('since a time shows who changed after it', async () => {
    const clock = testClock()
    const fake = await openTestMailchimp({ clock })
    fake.staffAdds('early@example.org', 'subscribed')
    fake.staffAdds('late@example.org', 'subscribed')
    clock.advance(60_000)
    fake.memberChanges('late@example.org', { FNAME: 'Late' })
    const since = encodeURIComponent('2016-03-01T09:00:00+00:00')
    const { body } = await callFake(fake, `GET ${LIST}/members?since_last_changed=${since}`)
    expect(body.members.map((one: { email_address: string }) => one.email_address)).toEqual(['late@example.org'])
    expect(body.members[0].last_changed).toBe('2016-03-01T09:01:00+00:00')
  })
})
