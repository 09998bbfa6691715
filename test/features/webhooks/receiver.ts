import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sql } from 'kysely'
import { Webhook } from 'standardwebhooks'
import { onTestFinished } from 'vitest'
import { createWebhook, type News, sendWebhooks } from '../../../src/features/webhooks/index.ts'
import { openTestDeps, type TestDeps } from '../../support/deps.ts'
import { addApplicant, addRound } from '../campaigns/round.ts'

export interface Received {
  url: string
  headers: IncomingHttpHeaders
  body: string
}

/** A receiver on this machine that keeps what it got. */
export async function openReceiver(answer: (response: ServerResponse, got: Received) => void = ok) {
  const received: Received[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const piece of request) body += piece
    const got = { url: request.url ?? '', headers: request.headers, body }
    received.push(got)
    answer(response, got)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  onTestFinished(close)
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/hook`, port, received, close }
}

const ok = (response: ServerResponse) => void response.end('ok')

/** What the library makes of a message. @throws unless it is signed by the secret */
export function verify(secret: string, { body, headers }: Received): unknown {
  return new Webhook(secret).verify(body, headers as Record<string, string>)
}

export const never = () => new AbortController().signal

/** A webhook to a receiver, and messages to send to it. */
export async function openWebhook(url: string, types: readonly News[] = ['application.confirmed']) {
  const deps = await openTestDeps()
  const { id, secret } = await createWebhook(deps, { url, types, by: 'staff 1' })
  return { deps, id, secret, ...talk(deps) }
}

export function talk(deps: TestDeps) {
  return {
    send: (change: object = {}) => sendWebhooks({ ...deps, ...change }, never()),
    /** Lets the outbox believe that so many seconds have passed. */
    pass: (seconds: number) =>
      sql`update webhook_messages set next_try_at = next_try_at - make_interval(secs => ${seconds}),
        delivered_at = delivered_at - make_interval(secs => ${seconds})`.execute(deps.db),
    messages: async () => deps.db.selectFrom('webhook_messages').selectAll().orderBy('id').execute(),
    states: async () =>
      (
        await deps.db.selectFrom('webhook_messages').select(['state', 'tries', 'last_words']).orderBy('id').execute()
      ).map(({ state, tries, last_words }) => `${state} after ${tries}: ${last_words}`),
  }
}

/** Confirms so many applicants: as many messages. Returns their ids. */
export async function confirmPeople({ db }: TestDeps, count: number): Promise<number[]> {
  const known = await db.selectFrom('rounds').select('id').executeTakeFirst()
  const round_id = known?.id ?? (await addRound(db))
  const ids: number[] = []
  for (let at = 0; at < count; at++) ids.push(await addApplicant(db, round_id, { family_name: 'Secret-Souza' }))
  await db
    .updateTable('applications')
    .set({ state: 'confirmed', state_changed_at: new Date('2016-03-01T09:00:00Z') })
    .where('person_id', 'in', ids)
    .execute()
  return ids
}
