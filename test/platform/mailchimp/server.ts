import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { openDatabase } from '../../../src/platform/db/open.ts'
import { type MailchimpOptions, openMailchimp } from '../../../src/platform/mailchimp/index.ts'
import { cloneDatabase } from '../../support/database.ts'
import { keptLog } from '../../support/log.ts'

export const KEY = '0123456789abcdef0123456789abcdef-us21'

export interface Asked {
  method: string
  /** Without /3.0. */
  path: string
  query: URLSearchParams
  body: string
  headers: IncomingMessage['headers']
}

/** Answers one request. `made`: how many came before. */
export type Answer = (response: ServerResponse, asked: Asked, made: number) => void | Promise<void>

/** A server that answers as it is told, and notes what it was asked and how many requests it held at once. */
export async function openServer(answer: Answer) {
  const asked: Asked[] = []
  let now = 0
  const state = { most: 0, closed: 0 }
  const server = createServer(async (request, response) => {
    state.most = Math.max(state.most, ++now)
    response.on('close', () => {
      now--
      if (!response.writableEnded) state.closed++
    })
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part)
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost')
    const one = {
      method: request.method ?? '',
      path: pathname.replace(/^\/3\.0/, ''),
      query: searchParams,
      body: Buffer.concat(parts).toString(),
      headers: request.headers,
    }
    asked.push(one)
    await answer(response, one, asked.length - 1)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { origin, baseUrl: `${origin}/3.0`, asked, state }
}

export async function openTestDatabase() {
  const database = await cloneDatabase()
  const { db, close } = openDatabase(database.url, { max: 4, onError: () => undefined })
  onTestFinished(async () => {
    await close()
    await database.drop()
  })
  return { db, url: database.url }
}

/** An account at a server that answers so. Nothing waits between tries; the waits are noted. */
export async function openAccount(answer: Answer, options: MailchimpOptions = {}) {
  const server = await openServer(answer)
  const { db } = await openTestDatabase()
  const { log, text } = keptLog()
  const waits: number[] = []
  const mailchimp = openMailchimp(
    { db, log },
    { apiKey: KEY, baseUrl: server.baseUrl },
    { wait: async (ms) => void waits.push(ms), random: () => 0.5, ...options },
  )
  return { mailchimp, db, waits, logText: text, ...server }
}

export function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body))
}

/** An error as Mailchimp tells it. */
export function sendProblem(response: ServerResponse, status: number, title: string, detail: string, more = {}): void {
  response
    .writeHead(status, { 'content-type': 'application/problem+json' })
    .end(JSON.stringify({ type: 'https://mailchimp.com/errors', title, status, detail, instance: 'abc', ...more }))
}

/** What a call ends in that must fail. */
export async function failureOf(
  call: Promise<unknown>,
): Promise<{ code: string; message: string; retryable: boolean }> {
  const error = await call.then(
    () => undefined,
    (thrown) => thrown,
  )
  if (!error) throw new Error('It did not fail.')
  return error
}
