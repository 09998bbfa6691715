import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { settleMailchimpEvents } from '../../../../src/features/mailchimp/back/events.ts'
import { webhookSecret } from '../../../../src/features/mailchimp/back/secret.ts'
import { decideTrouble, listTroubles } from '../../../../src/features/mailchimp/back/troubles.ts'
import { addMailchimpWebhookRoutes } from '../../../../src/features/mailchimp/back/webhook-routes.ts'
import type { MailchimpDeps } from '../../../../src/features/mailchimp/deps.ts'
import { DEFAULT_TAGS } from '../../../../src/features/mailchimp/mirror/fields.ts'
import { ensureMergeFields } from '../../../../src/features/mailchimp/mirror/merge-fields.ts'
import { syncPeople } from '../../../../src/features/mailchimp/mirror/sync-people.ts'
import { suppressPerson } from '../../../../src/features/people/index.ts'
import { openMailchimp } from '../../../../src/platform/mailchimp/index.ts'
import { openApiApp } from '../../../support/api-app.ts'
import { openTestDeps } from '../../../support/deps.ts'
import { openTestMailchimp } from '../../../support/mailchimp.ts'
import { addApplicant, addRound } from '../../campaigns/round.ts'
import { connectList } from './told.ts'

/** Five people who are in an audience that tells us what happens in it, at an address that is called by HTTP. */
async function open() {
  const opened = await openTestDeps()
  const { db, clock, log } = opened
  const SIGNING = 'what signs the messages of this test'
  const config = {
    ...opened.config,
    mailchimp: { listId: undefined, webhookSecret: SIGNING, apiKey: '', baseUrl: undefined },
  }
  const fake = await openTestMailchimp({ clock, echoes: 'always', signingSecret: SIGNING })
  const mailchimp = openMailchimp(
    { db, log },
    { apiKey: fake.key, baseUrl: fake.baseUrl },
    { wait: async () => undefined },
  )
  const rung: string[] = []
  const deps: MailchimpDeps = { ...opened, config, mailchimp, ring: async (name) => void rung.push(name) }
  const app = openApiApp({ clock, log })
  await addMailchimpWebhookRoutes(app, deps)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as { port: number }
  await connectList(db)
  await sql`update mailchimp_audience set list_id = ${fake.list_id}`.execute(db)
  await ensureMergeFields(mailchimp, fake.list_id, DEFAULT_TAGS)
  await mailchimp.createWebhook(
    fake.list_id,
    `http://127.0.0.1:${port}/webhooks/mailchimp/${encodeURIComponent(webhookSecret(deps))}`,
  )
  const round = await addRound(db)
  const ids: number[] = []
  for (const name of ['ana', 'ben', 'cleo', 'dora', 'emil'])
    ids.push(await addApplicant(db, round, { given_name: name, address: `${name}@x.example` }))
  const sync = () => syncPeople(deps, ids)
  await sync()
  clock.advance(60_000)
  const settle = () => settleMailchimpEvents(deps)
  const events = () => db.selectFrom('mailchimp_events').selectAll().orderBy('id').execute()
  const stops = () =>
    db
      .selectFrom('suppressions')
      .select(['address', 'scope', 'reason'])
      .where('lifted_at', 'is', null)
      .orderBy('address')
      .execute()
  return { db, clock, deps, fake, ids, sync, settle, events, stops, rung }
}

test('our own writes echo: kept as echoes, without a call, a bell or a change', async () => {
  const { db, fake, settle, events, rung } = await open()
  await fake.deliverWebhooks({ times: 5, order: 'shuffled' })
  fake.resetCalls()
  await settle()
  const kept = await events()
  expect(kept.length).toBeGreaterThanOrEqual(5)
  expect(new Set(kept.map(({ outcome }) => outcome))).toEqual(new Set(['echo']))
  expect([fake.calls.length, rung]).toEqual([0, []])
  await sql`delete from mailchimp_changes`.execute(db)
})

test.each(['as fired', 'reversed', 'shuffled'] as const)(
  'all that can happen there, told five times, %s: one effect, and the right one',
  async (order) => {
    const { db, clock, deps, fake, ids, sync, settle, events, stops } = await open()
    await fake.deliverWebhooks()
    fake.memberUnsubscribes('ana@x.example')
    fake.memberChanges('ben@x.example', { FNAME: 'Benedikt' })
    clock.advance(5000)
    fake.memberChanges('ben@x.example', { FNAME: 'Benjamín', LNAME: 'الأحمد' })
    fake.cleans('cleo@x.example', 'hard')
    fake.memberMoves('dora@x.example', 'dora@new.example')
    fake.staffArchives('emil@x.example')
    const told = await fake.deliverWebhooks({ times: 5, order })
    expect(new Set(told)).toEqual(new Set([200]))
    await Promise.all([settle(), settle()])
    expect((await events()).filter(({ state }) => state === 'waiting')).toEqual([])
    expect(await stops()).toEqual([
      { address: 'ana@x.example', scope: 'campaigns', reason: 'unsubscribed' },
      { address: 'cleo@x.example', scope: 'all', reason: 'hard_bounce' },
    ])
    expect(await db.selectFrom('consents').select('person_id').execute()).toEqual([{ person_id: ids[0] }])
    const people = await db.selectFrom('people').select(['given_name', 'family_name']).orderBy('id').execute()
    expect(people[1]).toEqual({ given_name: 'Benjamín', family_name: 'الأحمد' })
    expect((await listTroubles(deps)).items).toMatchObject([
      { person_id: ids[3], trouble: 'address_changed', new_address: 'dora@new.example' },
    ])

    // Whatever the sync does then, nobody who left is brought back, and what was moved waits for a person.
    await sync()
    expect(
      fake
        .members()
        .map(({ email_address, status }) => [email_address, status])
        .sort(),
    ).toEqual([
      ['ana@x.example', 'unsubscribed'],
      ['ben@x.example', 'subscribed'],
      ['cleo@x.example', 'cleaned'],
      ['dora@new.example', 'subscribed'],
      ['emil@x.example', 'archived'],
    ])
    const dora = (await listTroubles(deps)).items.find(({ trouble }) => trouble === 'address_changed')
    await decideTrouble(deps, { hash: dora?.hash as string, decision: 'accept_address', by: 'staff 3' })
    await sync()
    expect(fake.members().map(({ email_address }) => email_address)).toHaveLength(5)
    expect((await listTroubles(deps)).items.map(({ trouble }) => trouble).sort()).not.toContain('address_changed')
  },
)

test('who is stopped here and left there too is left alone by both sides', async () => {
  const { deps, fake, ids, sync, settle, stops } = await open()
  await fake.deliverWebhooks()
  fake.memberUnsubscribes('ana@x.example', { reason: 'abuse' })
  await suppressPerson(deps, { id: ids[1] as number, scope: 'campaigns', reason: 'manual', source: 'staff 3' })
  await fake.deliverWebhooks({ times: 2, order: 'reversed' })
  await settle()
  await sync()
  expect(await stops()).toEqual([
    { address: 'ana@x.example', scope: 'all', reason: 'complaint' },
    { address: 'ben@x.example', scope: 'campaigns', reason: 'manual' },
  ])
  expect(fake.member('ben@x.example')?.status).toBe('archived')
})
