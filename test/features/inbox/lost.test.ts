import { sql } from 'kysely'
import type pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { readIncomingJob, receiveMessage, sweepIncoming } from '../../../src/features/inbox/index.ts'
import type { Ring } from '../../../src/jobs/catalog.ts'
import { openDatabase } from '../../../src/platform/db/open.ts'
import type { TestDeps } from '../../support/deps.ts'
import { openInbox, readDeps, write } from './stage.ts'

/** More statements than receiving and reading a message takes: the test itself finds out how many that is. */
const MOST_STATEMENTS = 100

/**
 * A process that is gone before its n-th statement: its connections break, and nothing that it had begun goes on. With 0
 * it lives.
 */
function openProcess(deps: TestDeps, statement: number) {
  const { db, pool, close } = openDatabase(deps.databaseUrl, { max: 4, onError: () => undefined })
  const gone = Promise.withResolvers<'gone'>()
  const clients: pg.PoolClient[] = []
  let count = 0
  let isGone = false
  pool.on('connect', (client) => {
    clients.push(client)
    client.on('error', () => undefined)
    const query = client.query.bind(client) as (...args: unknown[]) => unknown
    client.query = ((...args: unknown[]) => {
      if (++count === statement) {
        isGone = true
        for (const each of clients)
          (each as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy()
        gone.resolve('gone')
      }
      return isGone ? new Promise(() => undefined) : query(...args)
    }) as never
  })
  const jobs: Promise<void>[] = []
  const ring: Ring = async (name, input) => {
    if (name === 'read-incoming') jobs.push(read(input as { incoming_id: number }))
  }
  const own = { ...deps, db, pool, ring }
  const read = readIncomingJob(readDeps(own as TestDeps, { ring }))
  return {
    /** Receives it, as one who sends it hears, and reads it, to the end or until it is gone. */
    async work(message: {
      raw: Buffer
      mail_from: string
      rcpt_to: string
    }): Promise<{ acknowledged: boolean; lived: boolean }> {
      const received = await Promise.race([receiveMessage(own, { ...message, source: 'smtp' }), gone.promise])
      const acknowledged = received !== 'gone'
      const ended = acknowledged ? await Promise.race([Promise.all(jobs), gone.promise]) : 'gone'
      return { acknowledged, lived: ended !== 'gone' }
    },
    /** Reads what others have left. */
    async sweep(): Promise<void> {
      await sweepIncoming(own)
      await Promise.all(jobs)
    },
    close: () => (isGone ? undefined : close()),
  }
}

test('gone before any statement of receiving and reading: no reply that was acknowledged is lost, and none counts twice', async () => {
  const names = Array.from({ length: MOST_STATEMENTS }, (_, at) => `p${at}`)
  const { deps, addressOf, states } = await openInbox(Object.fromEntries(names.map((name) => [name, {}])))
  const acknowledged: string[] = []
  let lived = false
  let statement = 0
  let message: { raw: Buffer; mail_from: string; rcpt_to: string } | undefined
  let name = ''
  while (!lived && statement < MOST_STATEMENTS) {
    statement++
    if (!message) {
      name = names[acknowledged.length] as string
      const rcpt_to = await addressOf(name)
      const mail_from = `${name}@library.example`
      message = {
        rcpt_to,
        mail_from,
        raw: await write({ from: mail_from, to: rcpt_to, text: 'Yes, I confirm my participation.' }),
      }
    }
    const running = openProcess(deps, statement)
    onTestFinished(() => running.close())
    const outcome = await running.work(message)
    lived = outcome.lived
    // What was not acknowledged is sent again, to the next process.
    if (outcome.acknowledged) {
      acknowledged.push(name)
      message = undefined
    }
  }
  // By then whatever they had taken is free.
  deps.clock.advance(61_000)
  expect(lived).toBe(true)
  expect(statement).toBeGreaterThan(20)
  const last = openProcess(deps, 0)
  onTestFinished(() => last.close())
  await last.sweep()

  const stood = await states()
  expect(acknowledged.filter((each) => stood[each] !== 'confirmed')).toEqual([])
  const count = acknowledged.length
  const { rows } = await sql<Record<string, number>>`
    select (select count(*) from incoming_messages where outcome = 'confirmed') as messages,
      (select count(*) from incoming_messages where state = 'received') as unread,
      (select count(*) from confirmation_answers) as answers, (select count(*) from delivery_events) as events,
      (select count(*) from deliveries where in_reply_to is not null) as notices,
      (select count(*) from inbox_items) as items`.execute(deps.db)
  expect(rows).toEqual([{ messages: count, unread: 0, answers: count, events: count, notices: count, items: 0 }])
}, 120_000)
