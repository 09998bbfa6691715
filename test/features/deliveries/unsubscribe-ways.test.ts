import { expect, onTestFinished, test } from 'vitest'
import { decideConsent } from '../../../src/features/consents/index.ts'
import { sendDue, unsubscribe } from '../../../src/features/deliveries/index.ts'
import { readIncomingJob, receiveMessage } from '../../../src/features/inbox/index.ts'
import { signToken } from '../../../src/lib/tokens.ts'
import { openWholeApp } from '../../app/routes.ts'
import { openTestDeps, type TestDeps } from '../../support/deps.ts'
import { neverStopped, queueCampaign, sendDeps, statesOf } from '../../support/ledger.ts'
import { startSink } from '../../support/sink/sink.ts'
import { readDeps, write } from '../inbox/stage.ts'

/** Ana has an email, from which she unsubscribes, while another waits for her and for Ben. */
async function open() {
  const deps = await openTestDeps()
  const sink = await startSink()
  onTestFinished(() => sink.close())
  await queueCampaign(deps.db, ['ana@x.example'])
  const { id: delivery, person_id } = await deps.db
    .selectFrom('deliveries')
    .select(['id', 'person_id'])
    .executeTakeFirstOrThrow()
  const ana = person_id as number
  await deps.db.updateTable('deliveries').set({ state: 'accepted', accepted_at: deps.clock.now() }).execute()
  await deps.db.insertInto('addresses').values({ person_id: ana, address: 'ana@x.example' }).execute()
  const queue = async (kind: 'topic' | 'announcement') => {
    const id = await queueCampaign(deps.db, ['ana@x.example', 'ben@x.example'])
    await deps.db.updateTable('campaigns').set({ kind }).where('id', '=', id).execute()
    await deps.db
      .updateTable('deliveries')
      .set({ person_id: ana })
      .where('campaign_id', '=', id)
      .where('address', '=', 'ana@x.example')
      .execute()
    return id
  }
  const app = await openWholeApp(deps)
  const run = await sendDeps(deps, sink.url)
  const link = (purpose: 'unsubscribe' | 'preferences') => signToken(deps.keys, purpose, delivery)
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const events = () =>
    deps.db.selectFrom('delivery_events').select(['delivery_id', 'kind', 'incoming_id', 'at']).orderBy('id').execute()
  const consents = () => deps.db.selectFrom('consents').selectAll().orderBy('id').execute()
  return { deps, app, run, queue, delivery, ana, link, form, events, consents }
}

type Stage = Awaited<ReturnType<typeof open>>

async function mail(deps: TestDeps, to: string) {
  const raw = await write({ to, from: 'ana@x.example', subject: 'unsubscribe', text: '' })
  const ring = async () => undefined
  const { id } = await receiveMessage(
    { ...deps, ring },
    { raw, source: 'smtp', mail_from: 'ana@x.example', rcpt_to: to },
  )
  await readIncomingJob(readDeps(deps))({ incoming_id: id as number })
}

const WAYS: Record<string, { act: (stage: Stage) => Promise<unknown>; source: string; wording: string | RegExp }> = {
  'the button of a mail program': {
    act: ({ app, link, form }) =>
      app.inject({
        ...{ method: 'POST', url: `/u/${link('unsubscribe')}`, headers: form },
        payload: 'List-Unsubscribe=One-Click',
      }),
    ...{ source: 'link', wording: 'List-Unsubscribe=One-Click' },
  },
  'the page': {
    act: ({ app, link }) => app.inject({ method: 'POST', url: `/u/${link('unsubscribe')}?read=en` }),
    ...{ source: 'link', wording: /^You get topic emails .* \[Stop these emails\]$/ },
  },
  'the page of preferences': {
    act: ({ app, link, form }) =>
      app.inject({
        ...{ method: 'POST', url: `/p/preferences/${link('preferences')}`, headers: form },
        payload: 'decide=stop_topics',
      }),
    ...{ source: 'link', wording: /^You get them because you applied: .* \[Stop these emails\]$/ },
  },
  'a message to the address that unsubscribes': {
    act: ({ deps, link }) => mail(deps, `u+${link('unsubscribe')}@${deps.config.mailDomain}`),
    ...{ source: 'email', wording: /^A message to us/ },
  },
}

test.each(Object.keys(WAYS))(
  '%s: what waits is skipped at its next turn, and the event and the decision are kept once',
  async (way) => {
    const stage = await open()
    const { deps, run, queue, events, consents, delivery, ana } = stage
    const { act, source, wording } = WAYS[way] as (typeof WAYS)[string]
    const waiting = await queue('topic')
    await act(stage)
    await sendDue(run, neverStopped())
    expect(await statesOf(deps.db, waiting)).toEqual({ accepted: 1, skipped: 1 })
    expect(await consents()).toMatchObject([
      {
        person_id: ana,
        purpose: 'programme_mail',
        given: false,
        source,
        delivery_id: delivery,
        wording: expect.stringMatching(wording),
      },
    ])
    if (source === 'link') await Promise.all([act(stage), act(stage), act(stage)])
    expect(await events()).toMatchObject([{ delivery_id: delivery, kind: 'unsubscribe' }])
    expect((await events())[0]?.incoming_id === null).toBe(source === 'link')
    if (source === 'link') expect((await events())[0]?.at).toEqual(deps.clock.now())
    expect((await consents()).length).toBe(1)
  },
)

test.each(Object.keys(WAYS))('%s: what was claimed, and has not begun, is skipped too', async (way) => {
  const stage = await open()
  const { deps, run, queue } = stage
  const waiting = await queue('topic')
  let isDone = false
  const compose: typeof run.compose = async (...given) => {
    if (!isDone) await (WAYS[way] as (typeof WAYS)[string]).act(stage)
    isDone = true
    const states = await statesOf(deps.db, waiting)
    expect(states).toEqual({ claimed: 2 })
    return run.compose(...given)
  }
  await sendDue({ ...run, compose }, neverStopped())
  expect(await statesOf(deps.db, waiting)).toEqual({ accepted: 1, skipped: 1 })
})

test('who wants no news is left out of announcements alone, also of one that was claimed already', async () => {
  const { deps, app, run, queue, link, form, events } = await open()
  const post = (decide: string) =>
    app.inject({
      ...{ method: 'POST', url: `/p/preferences/${link('preferences')}`, headers: form },
      payload: `decide=${decide}`,
    })
  const topic = await queue('topic')
  const announcement = await queue('announcement')
  let isDone = false
  const compose: typeof run.compose = async (...given) => {
    if (!isDone) await post('stop_news')
    isDone = true
    return run.compose(...given)
  }
  await sendDue({ ...run, compose }, neverStopped())
  expect(await statesOf(deps.db, topic)).toEqual({ accepted: 2 })
  expect(await statesOf(deps.db, announcement)).toEqual({ accepted: 1, skipped: 1 })
  // It is no unsubscription from the programme's mail.
  expect(await events()).toEqual([])
  await post('start_news')
  const next = await queue('announcement')
  await sendDue(run, neverStopped())
  expect(await statesOf(deps.db, next)).toEqual({ accepted: 2 })
})

test('coming back is a decision of its own, and what is known of the email that they left by stays', async () => {
  const stage = await open()
  const { app, link, events, consents } = stage
  const asks = (await app.inject(`/u/${link('unsubscribe')}`)).body.replaceAll('&#x3D;', '=')
  expect(asks).toContain(`action="/u/${link('unsubscribe')}?read=en"`)
  await app.inject({ method: 'POST', url: `/u/${link('unsubscribe')}` })
  const page = (await app.inject(`/u/${link('unsubscribe')}`)).body
  expect(page).toContain('This does not take you out of the round')
  const again = /action="([^"]+again[^"]*)"/.exec(page)?.[1]?.replaceAll('&#x3D;', '=') as string
  await app.inject({ method: 'POST', url: again })
  expect((await consents()).map(({ given, wording }) => [given, wording.split(' [')[1]])).toEqual([
    [false, undefined],
    [true, 'Send them to me again]'],
  ])
  await app.inject({ method: 'POST', url: `/u/${link('unsubscribe')}` })
  expect((await events()).length).toBe(1)
  expect((await consents()).length).toBe(3)
})

test('a contact, and a test email, stop their own address and nothing of anybody else', async () => {
  const { deps, delivery, events, consents } = await open()
  await deps.db.updateTable('deliveries').set({ is_test: true, address: 'officer@x.example' }).execute()
  await unsubscribe(deps, delivery, 'campaigns', { source: 'link', wording: 'x', language: 'en' })
  const stopped = await deps.db.selectFrom('suppressions').select('address').execute()
  expect(stopped).toEqual([{ address: 'officer@x.example' }])
  expect([await events(), await consents()]).toEqual([[], []])
})

test('a decision by staff and the button of a mail program at the same moment wait for one another', async () => {
  const { app, link, deps, ana, consents } = await open()
  const said = { person_id: ana, purpose: 'programme_mail', given: false, wording: 'By phone.', by: 'staff 1' } as const
  await Promise.all(
    Array.from({ length: 10 }, (_, at) =>
      at % 2 === 0 ? decideConsent(deps, said) : app.inject({ method: 'POST', url: `/u/${link('unsubscribe')}` }),
    ),
  )
  expect((await consents()).every(({ given }) => !given)).toBe(true)
  expect((await deps.db.selectFrom('suppressions').selectAll().execute()).length).toBe(1)
})
