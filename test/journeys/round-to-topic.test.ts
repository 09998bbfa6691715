import { expect, onTestFinished, test } from 'vitest'
import { eventually, PATIENCE } from '../support/eventually.ts'
import { isMissing } from '../support/programs.ts'
import { startRedis } from '../support/redis.ts'
import { figuresOf, openService, ROUND, readTopic, readWholeExport } from './round.ts'

/** The main job as an outside program does it. @param csv the export */
async function takeRoundToTopic(
  environment: Record<string, string>,
  csv: string,
  expected: { rows: number; applicants: number; accepted: number },
) {
  const api = await openService(environment)
  const { rows, applicants, accepted } = expected
  const skipped = applicants - accepted

  expect(await api.post('/rounds', ROUND)).toMatchObject({ code: '2016A' })

  const dry = await api.ask('POST', '/rounds/2016A/imports?dry_run=true', csv)
  expect(dry.status).toBe(202)
  expect(await api.followJob(dry.body.job.url)).toMatchObject({
    state: 'done',
    result: { dry_run: true, rows, applicants },
  })
  expect(await api.list('/rounds/2016A/participants')).toHaveLength(0)

  const real = await api.ask('POST', '/rounds/2016A/imports', csv)
  const job = await api.followJob(real.body.job.url)
  expect(job).toMatchObject({
    state: 'done',
    error: null,
    result: { rows, created: applicants, resubmitted: rows - applicants, faulty: [] },
  })
  expect(job.done).toBe(job.total)
  const people = await api.list('/rounds/2016A/participants?limit=500')
  expect(people).toHaveLength(applicants)

  const { id } = await api.post('/campaigns', await readTopic())
  const checks = await api.post(`/campaigns/${id}/checks`)
  expect(checks).toMatchObject({ problems: 0 })
  const person = people[0]
  const preview = await api.post(`/campaigns/${id}/preview`, { as: person.person_id, part: 'html' })
  expect(preview.html).toContain('your partner')

  const tested = await api.post(`/campaigns/${id}/test`, { to: 'director@programme.test' })
  expect(await api.get(`/campaigns/${id}`)).toMatchObject({ counts: { queued: 0, accepted: 0 } })
  const sample = await eventually(
    'the test email is caught',
    async () => (await api.mailbox('director@programme.test'))[0],
  )
  expect((await api.get(tested.delivery.url)).is_test).toBe(true)
  expect(sample.subject).toBe('Topic 1: Getting to know you')

  const answer = await api.ask('POST', `/campaigns/${id}/schedule`, { at: 'now' }, { 'idempotency-key': 'topic-1' })
  expect(answer).toMatchObject({
    status: 200,
    body: { recipients: accepted, skipped: { no_code_of_conduct: skipped } },
  })
  const again = await api.ask('POST', `/campaigns/${id}/schedule`, { at: 'now' }, { 'idempotency-key': 'topic-1' })
  expect(again.body).toEqual(answer.body)

  const campaign = await api.followCampaign(id)
  expect(figuresOf(campaign)).toEqual({ accepted, skipped })
  expect(campaign.skipped).toEqual({ no_code_of_conduct: skipped })
  expect(campaign.sending).toEqual({ trouble: null, closed: null, stopped_domains: [] })

  const messages = (await api.mailbox()).filter(({ to }) => to !== 'director@programme.test')
  expect(messages).toHaveLength(accepted)
  expect(new Set(messages.map(({ to }) => to)).size).toBe(accepted)
  expect(await api.list(`/campaigns/${id}/deliveries?state=accepted&limit=500`)).toHaveLength(accepted)
  const left = await api.list(`/campaigns/${id}/deliveries?state=skipped&limit=500`)
  expect(left.map(({ skipped_reason }) => skipped_reason)).toEqual(Array(skipped).fill('no_code_of_conduct'))
  const why = await api.get(`/people/${left[0].person_id}/why?campaign=${id}`)
  expect(why.sentence).toBe('Not sent: they did not agree to the code of conduct.')

  // One reader clicks the mail program's "unsubscribe": one POST, no cookie, no redirect (RFC 8058).
  const message = await api.get(`/mailbox/api/messages/${messages[0].id}`)
  const link = headerOf(message, 'list-unsubscribe').match(/<(http[^>]+)>/)?.[1] as string
  expect(headerOf(message, 'list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click')
  const looked = await fetch(link)
  expect(looked.status).toBe(200)
  const left1 = await fetch(link, {
    method: 'POST',
    redirect: 'error',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'List-Unsubscribe=One-Click',
  })
  expect(left1.status).toBe(200)

  const second = await api.post('/campaigns', { ...(await readTopic()), subject: 'Topic 2', variants: {} })
  expect(await api.post(`/campaigns/${second.id}/schedule`, { at: 'now' })).toMatchObject({
    recipients: accepted - 1,
    skipped: { unsubscribed: 1 },
  })
  expect(figuresOf(await api.followCampaign(second.id))).toEqual({ accepted: accepted - 1, skipped: skipped + 1 })
  expect(await api.mailbox(messages[0].to)).toHaveLength(1)
}

function headerOf(
  { headers }: { headers: { name: string; value: string }[] | Record<string, string> },
  name: string,
): string {
  if (!Array.isArray(headers)) return headers[name] ?? ''
  return headers.find((header) => header.name.toLowerCase() === name)?.value ?? ''
}

test(
  'a whole round is imported and its topic is accepted for everybody, with the queue in PostgreSQL',
  async () => {
    await takeRoundToTopic({}, await readWholeExport(), { rows: 1290, applicants: 1267, accepted: 1248 })
  },
  PATIENCE,
)

test.skipIf(isMissing('redis-server'))(
  'the same with the queue in Redis, for a part of the round',
  async () => {
    const redis = await startRedis()
    onTestFinished(redis.stop)
    const csv = `${(await readWholeExport()).split('\r\n').slice(0, 202).join('\r\n')}\r\n`
    await takeRoundToTopic({ REDIS_URL: redis.url }, csv, { rows: 200, applicants: 198, accepted: 195 })
  },
  PATIENCE,
)
