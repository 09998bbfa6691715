import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { readCampaignFigures, refreshCampaignFigures } from '../../../../src/features/reports/engagement/index.ts'
import { type Mail, openMail } from './made-up-mail.ts'

async function openTopic(of: { state?: string; emails?: number } = {}) {
  const mail = await openMail()
  const round = await mail.addRound()
  const id = await mail.addCampaign(round, { state: of.state ?? 'done' })
  const emails: number[] = []
  for (let n = 0; n < (of.emails ?? 3); n++) emails.push(await mail.addEmail(id, { person_id: await mail.addPerson() }))
  const read = () => readCampaignFigures(mail.deps, { id })
  return { ...mail, round, id, emails, email: emails[0] as number, read }
}

const keptOf = async ({ deps }: Pick<Mail, 'deps'>) =>
  (await deps.db.selectFrom('campaign_figures').selectAll().execute()).map(({ campaign_id, figures }) => ({
    campaign_id,
    figures,
  }))
const changesOf = async ({ deps }: Pick<Mail, 'deps'>) =>
  (await deps.db.selectFrom('report_changes').selectAll().where('campaign_id', 'is not', null).execute()).length

test('the figures of a campaign that has ended are kept as they were counted, until something comes back', async () => {
  const topic = await openTopic()
  const first = await topic.read()
  expect(await keptOf(topic)).toEqual([{ campaign_id: topic.id, figures: first }])
  // what is kept is what is read
  await sql`update campaign_figures set figures = jsonb_set(figures, '{replied}', '7')`.execute(topic.deps.db)
  expect(await topic.read()).toMatchObject({ replied: 7 })
  await topic.addEvent(topic.email, 'reply')
  expect(await changesOf(topic)).toBe(1)
  expect(await topic.read()).toMatchObject({ replied: 1 })
  expect(await changesOf(topic)).toBe(0)
  expect((await keptOf(topic))[0]?.figures).toMatchObject({ replied: 1 })
})

test('a hit that waits to be counted is in the figures at once', async () => {
  const topic = await openTopic()
  await topic.addLink(topic.id, 'aaaaaaaaaaaa')
  await topic.read()
  const { db } = topic.deps
  await sql`insert into tracking_hits (delivery_id, link_key, at, method, agent)
    values (${topic.email}, 'aaaaaaaaaaaa', '2016-02-12T09:00:00Z', 'GET', 'Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0')`.execute(
    db,
  )
  await sql`insert into tracking_changes (delivery_id) values (${topic.email})`.execute(db)
  expect(await topic.read()).toMatchObject({ clicked: 1, clicks: 1 })
})

test.each(['sending', 'paused', 'scheduled'])('nothing is kept of a campaign that is %s', async (state) => {
  const topic = await openTopic({ state })
  await topic.addEvent(topic.email, 'bounce', { class: 'hard' })
  expect(await topic.read()).toMatchObject({ accepted: 3, bounced: 1 })
  expect(await keptOf(topic)).toEqual([])
  // nor do its changes pile up
  expect(await changesOf(topic)).toBe(0)
})

test.each(['queued', 'deferred', 'uncertain', 'held'])(
  'nothing is kept while an email of an ended campaign is %s',
  async (state) => {
    const topic = await openTopic()
    await topic.addEmail(topic.id, { person_id: await topic.addPerson(), state })
    await topic.read()
    expect(await keptOf(topic)).toEqual([])
    await sql`update deliveries set state = 'accepted', accepted_at = now(), held_reason = null where state = ${state}`.execute(
      topic.deps.db,
    )
    expect(await topic.read()).toMatchObject({ accepted: 4 })
    expect(await keptOf(topic)).toHaveLength(1)
  },
)

test('kept figures of a campaign that goes on after all are not used any more', async () => {
  const topic = await openTopic()
  await topic.read()
  await sql`update campaigns set state = 'sending'`.execute(topic.deps.db)
  await topic.addEmail(topic.id, { person_id: await topic.addPerson() })
  expect(await topic.read()).toMatchObject({ recipients: 4 })
  expect(await keptOf(topic)).toEqual([])
})

test('of two who count at once the one who looked earlier does not write last', async () => {
  const topic = await openTopic()
  const { db } = topic.deps
  let go = () => {}
  const mayGo = new Promise<void>((resolve) => {
    go = resolve
  })
  let isLocked = () => {}
  const locked = new Promise<void>((resolve) => {
    isLocked = resolve
  })
  // somebody who has counted and not written yet
  const earlier = db.transaction().execute(async (tx) => {
    await sql`lock table campaign_figures in share row exclusive mode`.execute(tx)
    isLocked()
    await mayGo
    await sql`insert into campaign_figures values (${topic.id}, '{"replied": 0, "links": {}}', now())`.execute(tx)
  })
  await locked
  await topic.addEvent(topic.email, 'reply')
  const later = topic.read()
  await expect
    .poll(async () => (await sql`select from pg_locks where not granted`.execute(db)).rows.length)
    .toBeGreaterThan(0)
  go()
  await earlier
  expect(await later).toMatchObject({ replied: 1 })
  expect((await keptOf(topic))[0]?.figures).toMatchObject({ replied: 1 })
})

test('many who read at once all get the same, and it is kept once', async () => {
  const topic = await openTopic()
  await topic.addEvent(topic.email, 'reply')
  const all = await Promise.all(Array.from({ length: 12 }, topic.read))
  for (const figures of all) expect(figures).toEqual(all[0])
  expect(await keptOf(topic)).toHaveLength(1)
})

test('the job makes anew what has changed or is not kept yet, and then finds nothing', async () => {
  const topic = await openTopic()
  await topic.addCampaign(topic.round, { state: 'sending' })
  const cancelled = await topic.addCampaign(topic.round, { state: 'cancelled' })
  await topic.addEvent(topic.email, 'complaint')
  expect(await refreshCampaignFigures(topic.deps)).toBe(2)
  expect((await keptOf(topic)).map(({ campaign_id }) => campaign_id).toSorted((a, b) => a - b)).toEqual([
    topic.id,
    cancelled,
  ])
  expect(await refreshCampaignFigures(topic.deps)).toBe(0)
  await topic.addEvent(topic.emails[1] as number, 'complaint')
  expect(await refreshCampaignFigures(topic.deps)).toBe(1)
  expect(await topic.read()).toMatchObject({ complained: 2 })
})

test('a campaign that is not there is not found', async () => {
  const { deps } = await openMail()
  await expect(readCampaignFigures(deps, { id: 99 })).rejects.toThrow('Campaign 99 was not found.')
})
