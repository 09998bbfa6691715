import { expect, onTestFinished, test } from 'vitest'
import { openApi } from '../support/api.ts'
import { cloneDatabase } from '../support/database.ts'
import { eventually, PATIENCE } from '../support/eventually.ts'
import { makeDataDir, type PairpostProcess, SETTINGS, startPairpost } from '../support/pairpost.ts'
import { freePort } from '../support/ports.ts'
import { countsByRecipient } from '../support/sink/analyse.ts'
import { startSink } from '../support/sink/sink.ts'
import { draftCampaign, figuresOf, formsOf, importRound } from './round.ts'

const END_SECONDS = 10

async function openSink(options: { slowMs?: number } = {}) {
  const sink = await startSink(options)
  onTestFinished(() => sink.close())
  return sink
}

/** Settings of a service that listens, and how to call it. */
async function chooseSettings(environment: Record<string, string> = {}) {
  const port = await freePort()
  const settings = { ...SETTINGS, DATA_DIR: await makeDataDir(), PORT: String(port), ...environment }
  return { settings, api: openApi(`http://127.0.0.1:${port}`) }
}

async function endInTime(running: PairpostProcess, signal: NodeJS.Signals): Promise<void> {
  const began = performance.now()
  running.signal(signal)
  expect(await running.ended).toBe(0)
  expect((performance.now() - began) / 1000).toBeLessThan(END_SECONDS)
  expect(running.err()).toBe('')
  // Nothing went wrong on the way out: no line of pino's levels warn, error or fatal.
  expect(running.out()).not.toMatch(/"level":(40|50|60)/)
}

const slowReaders = (count: number) => Array.from({ length: count }, (_, at) => `slow+${at}@library.example`)

test(
  'SIGTERM or SIGINT in mid-campaign ends the open dialogues, and the next start goes on',
  async () => {
    const sink = await openSink({ slowMs: 400 })
    const { settings, api } = await chooseSettings({ SMTP_URL: sink.url })
    const first = startPairpost(['start'], settings)
    await first.says(/^API: /m)
    await importRound(api, formsOf(slowReaders(60)))
    const id = await draftCampaign(api)
    await api.post(`/campaigns/${id}/schedule`, { at: 'now' })
    await eventually('some of it has left', () => sink.messages().length > 0 || undefined)
    await endInTime(first, 'SIGTERM')
    const left = sink.messages().length
    expect(left).toBeLessThan(60)

    const second = startPairpost(['start'], settings)
    await second.says(/^API: /m)
    await eventually('more of it has left', () => sink.messages().length > left || undefined)
    await endInTime(second, 'SIGINT')

    const third = startPairpost(['start'], settings)
    await third.says(/^API: /m)
    // No dialogue was cut off: nothing is uncertain.
    expect(figuresOf(await api.followCampaign(id))).toEqual({ accepted: 60 })
    expect([...countsByRecipient(sink.messages()).values()]).toEqual(Array(60).fill(1))
    await endInTime(third, 'SIGTERM')
  },
  PATIENCE,
)

test(
  'SIGTERM while the built-in mailbox takes its time loses no message either',
  async () => {
    const { settings, api } = await chooseSettings()
    const first = startPairpost(['start'], settings)
    await first.says(/^API: /m)
    await importRound(api, formsOf(slowReaders(12)))
    const id = await draftCampaign(api)
    await api.post(`/campaigns/${id}/schedule`, { at: 'now' })
    await eventually(
      'dialogues are open',
      async () => (await api.get(`/campaigns/${id}`)).counts.sending > 0 || undefined,
    )
    first.signal('SIGTERM')
    expect(await first.ended).toBe(0)

    const second = startPairpost(['start'], settings)
    await second.says(/^API: /m)
    expect(figuresOf(await api.followCampaign(id))).toEqual({ accepted: 12 })
    expect(await api.mailbox()).toHaveLength(12)
  },
  PATIENCE,
)

test(
  'a server that never answers does not keep the process from ending in time',
  async () => {
    const sink = await openSink({ slowMs: 60_000 })
    const database = await cloneDatabase()
    const { settings, api } = await chooseSettings({
      DATABASE_URL: database.url,
      SMTP_URL: sink.url,
      SMTP_CONNECTIONS: '2',
    })
    onTestFinished(() => database.drop())
    const first = startPairpost(['start'], settings)
    await first.says(/^API: /m)
    await importRound(api, formsOf(slowReaders(4)))
    const id = await draftCampaign(api)
    await api.post(`/campaigns/${id}/schedule`, { at: 'now' })
    await eventually(
      'dialogues are open',
      async () => (await api.get(`/campaigns/${id}`)).counts.sending === 2 || undefined,
    )
    const began = performance.now()
    first.signal('SIGTERM')
    expect(await first.ended).toBe(0)
    expect((performance.now() - began) / 1000).toBeLessThan(END_SECONDS)

    const second = startPairpost(['start'], { ...settings, SMTP_URL: (await openSink()).url })
    await second.says(/^API: /m)
    const { accepted, uncertain } = figuresOf(await api.followCampaign(id))
    expect({ accepted, uncertain }).toEqual({ accepted: 2, uncertain: 2 })
  },
  PATIENCE,
)

test(
  'killed with -9, with its own PostgreSQL left behind, the service starts again and finishes',
  async () => {
    const sink = await openSink()
    const { settings, api } = await chooseSettings({ SMTP_URL: sink.url, SEND_LIMITS: '30/1s' })
    const first = startPairpost(['start'], settings)
    await first.says(/^API: /m)
    await importRound(api, formsOf(90))
    const id = await draftCampaign(api)
    await api.post(`/campaigns/${id}/schedule`, { at: 'now' })
    await eventually('some of it has left', () => sink.messages().length > 5 || undefined)
    first.signal('SIGKILL')
    await first.ended

    const second = startPairpost(['start'], settings)
    await second.says(/^API: /m)
    const campaign = await api.followCampaign(id)
    const { accepted = 0, uncertain = 0, ...others } = figuresOf(campaign)
    expect(others).toEqual({})
    expect(accepted + uncertain).toBe(90)
    expect(uncertain).toBeLessThanOrEqual(10)
    const seen = countsByRecipient(sink.messages())
    expect([...seen.values()].every((count) => count === 1)).toBe(true)
    expect(seen.size).toBeGreaterThanOrEqual(accepted)
    second.signal('SIGTERM')
    expect(await second.ended).toBe(0)
  },
  PATIENCE,
)

test(
  'one web process and two workers on one database share a campaign',
  async () => {
    const sink = await openSink()
    const database = await cloneDatabase()
    const { settings, api } = await chooseSettings({
      DATABASE_URL: database.url,
      SMTP_URL: sink.url,
      SMTP_CONNECTIONS: '3',
    })
    onTestFinished(() => database.drop())
    const web = startPairpost(['web'], { ...settings, LOG_LEVEL: 'info' })
    await web.says(/"started"/)
    // Nobody is there yet to do the work: it waits.
    await api.post('/rounds', { code: 'early', name: 'Early' })
    const { body } = await api.ask('POST', '/rounds/early/imports', formsOf(1))
    expect((await api.get(body.job.url)).state).toBe('waiting')

    const workers = [1, 2].map(() => startPairpost(['worker'], { ...settings, LOG_LEVEL: 'info' }))
    for (const worker of workers) await worker.says(/"started"/)
    expect((await api.followJob(body.job.url)).state).toBe('done')
    await importRound(api, formsOf(400))
    const id = await draftCampaign(api)
    await api.post(`/campaigns/${id}/schedule`, { at: 'now' })
    expect(figuresOf(await api.followCampaign(id))).toEqual({ accepted: 400 })
    expect([...countsByRecipient(sink.messages()).values()]).toEqual(Array(400).fill(1))

    for (const process of [web, ...workers]) process.signal('SIGTERM')
    expect(await Promise.all([web, ...workers].map((process) => process.ended))).toEqual([0, 0, 0])
  },
  PATIENCE,
)
