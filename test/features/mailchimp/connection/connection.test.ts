import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sql } from 'kysely'
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  changeAudience,
  connectAudience,
  disconnectAudience,
  listLists,
  readConnection,
} from '../../../../src/features/mailchimp/index.ts'
import { addPeople, addressOf, openConnected, openProgramme } from '../mirror/programme.ts'

/** Somebody who answers, as the address of a webhook must. */
async function listenForWebhooks(): Promise<string> {
  const server = createServer((_request, response) => response.end('ok')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe('connecting', () => {
  test('makes the merge fields that are missing, and has Mailchimp tell us what others do', async () => {
    const { deps: unreached, fake } = await openProgramme()
    const publicUrl = await listenForWebhooks()
    const deps = { ...unreached, config: { ...unreached.config, publicUrl } }
    const connection = await connectAudience(deps, { list_id: fake.list_id, by: 'staff 1' })
    expect(connection).toMatchObject({
      list_name: 'Programme',
      states: ['applied', 'waitlisted', 'confirmed'],
      read_at: null,
    })
    expect(fake.mergeFields().map(({ tag }) => tag)).toEqual(
      expect.arrayContaining(['FNAME', 'LNAME', 'COUNTRY', 'ROUND', 'STATE', 'PARTNER', 'LANGUAGE']),
    )
    const [webhook] = fake.webhooks()
    expect(webhook).toMatchObject({ id: connection.webhook_id })
    expect(webhook?.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/api\/v1\/webhooks\/mailchimp\//)
    expect(await listLists(deps)).toMatchObject([{ id: fake.list_id, name: 'Programme' }])
  })

  test('where Mailchimp cannot reach us it is connected all the same, and says so', async () => {
    const { deps, fake } = await openProgramme()
    expect(await connectAudience(deps, { list_id: fake.list_id, by: 'staff 1' })).toMatchObject({ webhook_id: null })
    expect(fake.webhooks()).toEqual([])
  })

  test('refuses a merge field that is no text, naming it, and makes nothing', async () => {
    const { deps, fake } = await openProgramme()
    const input = { list_id: fake.list_id, by: 'staff 1', fields: { country: 'birthday' } }
    await expect(connectAudience(deps, input)).rejects.toMatchObject({
      faults: [
        { field: 'fields.country', message: expect.stringContaining('BIRTHDAY in Mailchimp is of the type birthday') },
      ],
    })
    expect(fake.writes).toBe(0)
    expect(await readConnection(deps)).toBeUndefined()
  })

  test.each([
    [{ fields: { country: 'FNAME' } }, 'fields.given_name'],
    [{ fields: { country: 'much too long' } }, 'fields.country'],
    [{ states: [] }, 'states'],
    [{ states: ['removed'] }, 'states'],
    [{ list_id: 'bbbbbbbbbb' }, 'list_id'],
    [{ list_id: '../x' }, 'list_id'],
    [{ list_id: '' }, 'list_id'],
  ])('refuses %o', async (input, field) => {
    const { deps, fake } = await openProgramme()
    const whole = { list_id: fake.list_id, by: 'staff 1', ...input }
    await expect(connectAudience(deps, whole)).rejects.toMatchObject({
      faults: expect.arrayContaining([expect.objectContaining({ field })]),
    })
  })

  test('by two at once connects one; a second one is refused', async () => {
    const { deps, fake } = await openProgramme()
    const input = { list_id: fake.list_id, by: 'staff 1' }
    const tried = await Promise.allSettled([connectAudience(deps, input), connectAudience(deps, input)])
    expect(tried.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    await expect(connectAudience(deps, input)).rejects.toMatchObject({ code: 'mailchimp_connected' })
  })

  test('without a key, or with a wrong one, says what to do', async () => {
    const { deps, fake } = await openProgramme()
    const input = { list_id: fake.list_id, by: 'staff 1' }
    await expect(connectAudience({ ...deps, mailchimp: undefined }, input)).rejects.toThrow('Set MAILCHIMP_API_KEY')
  })
})

test('other merge tags are read anew: nothing is taken over from the old ones', async () => {
  const programme = await openConnected()
  const { deps, fake, sync } = programme
  const [id = 0] = await addPeople(programme, 1)
  await sync({ whole: true })
  deps.clock.advance(3600_000)
  await changeAudience(deps, { fields: { family_name: 'SURNAME' }, states: ['confirmed'] })
  expect(await sync({ whole: true })).toMatchObject({ changed: 1, taken: 0, clashes: 0 })
  expect(fake.member(addressOf(id))?.merge_fields).toMatchObject({ SURNAME: 'Number 1' })
  const { rows } = await sql`select family_name from people`.execute(deps.db)
  expect(rows).toEqual([{ family_name: 'Number 1' }])
})

test('a change tells Mailchimp our address again, which may be another one since', async () => {
  const { deps, fake } = await openConnected()
  const at = async () => ({ ...deps, config: { ...deps.config, publicUrl: await listenForWebhooks() } })
  const before = await changeAudience(await at(), {})
  const now = await at()
  const after = await changeAudience(now, {})
  expect(after.webhook_id).not.toBe(before.webhook_id)
  const found = fake.webhooks().find(({ id }) => id === after.webhook_id)
  expect(found?.url.startsWith(now.config.publicUrl)).toBe(true)
  expect((await changeAudience(now, {})).webhook_id).toBe(after.webhook_id)
})

test('disconnecting removes the webhook and what was known, and leaves contacts as they are', async () => {
  const programme = await openConnected()
  const { deps, fake, sync } = programme
  const publicUrl = await listenForWebhooks()
  await changeAudience({ ...deps, config: { ...deps.config, publicUrl } }, {})
  expect(fake.webhooks()).toHaveLength(1)
  await addPeople(programme, 3)
  await sync({ whole: true })
  await disconnectAudience(deps)
  expect(fake.webhooks()).toEqual([])
  expect(fake.countMembers()).toEqual({ subscribed: 3 })
  for (const table of ['audience', 'members', 'changes', 'clashes', 'events'])
    expect((await sql`select from ${sql.table(`mailchimp_${table}`)}`.execute(deps.db)).rows).toEqual([])
  await expect(sync()).rejects.toMatchObject({ code: 'mailchimp_not_connected' })
  // Connected again, who is there is found, and as it should be.
  await connectAudience(deps, { list_id: fake.list_id, by: 'staff 1' })
  expect(await sync({ whole: true })).toMatchObject({ new: 0, changed: 0, drift: 0 })
})
