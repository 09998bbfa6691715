/** The stage on which a programme and its audience are kept equal by workers that are killed. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import { onTestFinished } from 'vitest'
import {
  addMailchimpWebhookRoutes,
  connectAudience,
  type MailchimpDeps,
} from '../../../src/features/mailchimp/index.ts'
import type { Clock } from '../../../src/lib/clock.ts'
import type { TypedApp } from '../../../src/platform/http/typed-app.ts'
import type { FakeMailchimp } from '../../../src/platform/mailchimp/fake/index.ts'
import { openMailchimp } from '../../../src/platform/mailchimp/index.ts'
import { openApiApp } from '../../support/api-app.ts'
import { openTestDeps, type TestDeps } from '../../support/deps.ts'
import { openTestMailchimp } from '../../support/mailchimp.ts'
import { freePort } from '../../support/ports.ts'
import type { Order, Report } from './process.ts'

export interface Stage {
  deps: MailchimpDeps & Pick<TestDeps, 'pool'>
  fake: FakeMailchimp
  /** Turns everybody's clock ahead. */
  advance(ms: number): void
  /** What becomes of messages of Mailchimp: heard, answered and not heard, or not answered well. */
  web: { hears: () => 'heard' | 'lost' | 'failed' }
  startWorker(): Worker
  aheadMs(): number
}

export interface Worker {
  ready: Promise<unknown>
  isAlive(): boolean
  /** Undefined when it died over it. */
  obey(order: Omit<Order, 'aheadMs'>): Promise<Report | undefined>
  kill(): Promise<void>
}

const SIGNING = 'what-signs-the-messages-of-this-test'

/** A connected audience without anybody yet; its first sync waits. */
export async function openStage(seed: number): Promise<Stage> {
  let ahead = 0
  const clock: Clock = { now: () => new Date(Date.now() + ahead) }
  const fake = await openTestMailchimp({
    ...{ clock, seed, echoes: 'always', signingSecret: SIGNING, slowMs: 100, latencyMs: 3 },
    lag: { of: ['tags', 'members'], ms: 60_000 },
    archivedListed: seed % 2 === 0 ? 'asked' : 'always',
  })
  const port = await freePort()
  const base = await openTestDeps({
    ...{ PUBLIC_URL: `http://127.0.0.1:${port}`, MAILCHIMP_API_KEY: fake.key, MAILCHIMP_BASE_URL: fake.baseUrl },
    MAILCHIMP_WEBHOOK_SECRET: SIGNING,
  })
  const mailchimp = openMailchimp(base, { apiKey: fake.key, baseUrl: fake.baseUrl })
  const deps = { ...base, clock, mailchimp, ring: async () => undefined }
  const web: Stage['web'] = { hears: () => 'heard' }
  const app = openApiApp({ clock: clock as TestDeps['clock'], log: base.log })
  app.addHook('onRequest', async (request, reply) => {
    const fate = request.method === 'POST' ? web.hears() : 'heard'
    if (fate !== 'heard') return reply.status(fate === 'lost' ? 200 : 500).send()
  })
  const routes = (scope: unknown, _options: object, done: (error?: Error) => void) => {
    addMailchimpWebhookRoutes(scope as TypedApp, deps).then(() => done(), done)
  }
  await app.register(routes, { prefix: '/api/v1' })
  await app.listen({ port, host: '127.0.0.1' })
  await connectAudience(deps, { list_id: fake.list_id, by: 'staff 1' })
  const startWorker = () => openWorker([base.databaseUrl, fake.baseUrl, fake.key], () => ahead)
  const advance = (ms: number) => {
    ahead += ms
  }
  return { deps, fake, web, advance, startWorker, aheadMs: () => ahead }
}

function openWorker(given: string[], aheadMs: () => number): Worker {
  const child = fork(fileURLToPath(new URL('process.ts', import.meta.url)), given, { execArgv: [] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const ended = once(child, 'exit').then(() => undefined)
  const isAlive = () => child.exitCode === null && child.signalCode === null
  const ready = Promise.race([once(child, 'message'), ended])
  return {
    ready,
    isAlive,
    obey: async (order) => {
      await ready
      if (!isAlive()) return undefined
      const answer = Promise.race([once(child, 'message').then(([report]) => report as Report), ended])
      send(child, { ...order, aheadMs: aheadMs() })
      return answer
    },
    kill: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}

function send(child: ChildProcess, order: Order): void {
  // Killed a moment before: then it has ended, and that is what is waited for.
  child.send(order, () => undefined)
}

/** What a worker that was lost had taken is free, what waits is due, and changes are old enough: nobody waits for that here. */
export async function letTimePass({ deps: { db } }: Stage): Promise<void> {
  const [longAgo, ago] = [sql`interval '10 minutes'`, sql`interval '1 minute'`]
  await sql`update jobs set beat_at = beat_at - ${longAgo}, created_at = created_at - ${ago}
    where state in ('waiting', 'running')`.execute(db)
  await sql`update mailchimp_events set next_try_at = next_try_at - ${longAgo} where state = 'waiting'`.execute(db)
  await sql`update mailchimp_changes set at = at - ${ago}`.execute(db)
}
