import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Account } from './account.ts'
import { type Answer, problem } from './answers.ts'
import { readResults } from './batches.ts'
import { runCall } from './calls.ts'
import type { FaultedCall } from './faults.ts'
import type { Ledger } from './ledger.ts'
import { findRoute } from './routes.ts'
import type { Fault } from './shapes.ts'

const PREFIX = '/3.0'
/** Larger bodies are refused. */
const LARGEST_BODY = 10 * 1024 * 1024

export interface FakeServer {
  origin: string
  close(): Promise<void>
}

/** The account's door: its limit of connections, its key, and what goes wrong on the way. */
export async function openServer(
  account: Account,
  ledger: Ledger,
  pick: (call: FaultedCall) => Fault | undefined,
): Promise<FakeServer> {
  const server = createServer((request, response) => {
    answerRequest(account, ledger, pick, request, response).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function answerRequest(
  account: Account,
  ledger: Ledger,
  pick: (call: FaultedCall) => Fault | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const method = request.method ?? 'GET'
  const url = new URL(request.url ?? '/', account.origin)
  const results = /^\/results\/([^/]+)\.tar\.gz$/.exec(url.pathname)?.[1]
  const path = results ? '/results/{batch_id}' : url.pathname.slice(PREFIX.length) || '/'
  // Archives of results lie on another server there: they need no key and take no connection.
  const entry = ledger.enter({ method, path, holds: results === undefined })
  response.on('close', () => entry.leave())

  const text = await readBody(request)
  const template = results ? path : (findRoute(method, path)?.template ?? path)
  entry.call.path = template
  const refusal = results ? undefined : refuse(account, url, request, entry.open, text)
  const fault = refusal ? undefined : pick({ method, template, path, body: parsed(text) })
  entry.call.fault = fault

  if (fault === 'hang') return
  if (fault === 'reset-before') {
    entry.leave()
    request.socket.resetAndDestroy()
    return
  }
  if (fault === 'cut-before') return cut(account, entry, response, '{"id": "aaaaaaaaaa", "members": [{"id": "0')

  const swallowed = refusal ?? (fault && swallow(fault))
  if (results) {
    await wait(account, fault)
    const archive = swallowed ? undefined : readResults(account, results)
    if (fault === 'cut-after' && archive) return cut(account, entry, response, archive)
    if (fault === 'reset-after') return void request.socket.resetAndDestroy()
    if (archive) return entry.end(response, 200, 'application/gzip', archive)
    const { status, body } = swallowed ?? problem(403, 'Forbidden', 'This address has expired.')
    return entry.end(response, status, contentTypeOf({ status, body }), writeBody(body))
  }

  const call = { method, path, query: url.searchParams, text, refuse_some: fault === 'member-errors' }
  const ran = swallowed ? { template, body: parsed(text), answer: swallowed } : await runCall(account, call)
  if (!swallowed || fault === 'busy') ledger.look({ ...call, ...ran }, false)
  const { answer } = ran
  await wait(account, fault)
  if (fault === 'hang-after') return
  if (fault === 'reset-after') {
    entry.leave()
    request.socket.resetAndDestroy()
    return
  }
  const body = writeBody(answer.body)
  if (fault === 'cut-after') return cut(account, entry, response, body)
  entry.end(response, answer.status, contentTypeOf(answer), body)
}

function refuse(account: Account, url: URL, request: IncomingMessage, open: number, text: string): Answer | undefined {
  if (open > (account.options.connections ?? 10)) return tooBusy()
  if (!url.pathname.startsWith(`${PREFIX}/`) && url.pathname !== PREFIX)
    return problem(404, 'Resource Not Found', 'The requested resource could not be found.')
  const given = request.headers.authorization ?? ''
  const [scheme = '', credentials = ''] = given.split(' ')
  const plain = Buffer.from(credentials, 'base64').toString()
  const key = /^bearer$/i.test(scheme) ? credentials : plain.slice(plain.indexOf(':') + 1)
  if (key !== account.key) {
    const isElsewhere = key.split('-').at(-1) !== account.key.split('-').at(-1)
    return isElsewhere
      ? problem(401, 'Wrong Datacenter', 'The API key provided is linked to a different data center')
      : problem(
          401,
          'API Key Invalid',
          "Your API key may be invalid, or you've attempted to access the wrong datacenter.",
        )
  }
  if (text.length > LARGEST_BODY) return problem(413, 'Request Entity Too Large', 'The request is too large.')
  return undefined
}

const tooBusy = () => problem(429, 'Too Many Requests', 'You have exceeded the limit of 10 simultaneous connections.')

const HTML = '<!DOCTYPE html><html><head><title>503</title></head><body><h1>Service Unavailable</h1></body></html>'

/** Faults that answer in place of the account. */
function swallow(fault: Fault): Answer | undefined {
  if (fault === 'busy') return tooBusy()
  if (fault === 'forbidden') return { status: 403, body: undefined }
  return fault === 'html' ? { status: 503, body: HTML } : undefined
}

function contentTypeOf({ status, body }: Answer): string | undefined {
  if (body === undefined) return undefined
  if (typeof body === 'string') return 'text/html; charset=utf-8'
  return status >= 400 ? 'application/problem+json; charset=utf-8' : 'application/json; charset=utf-8'
}

const writeBody = (body: unknown) => (body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body))

/** Half of it: as long as the headers say, or shorter and then the end. */
function cut(account: Account, entry: { leave(): void }, response: ServerResponse, body: string | Buffer): void {
  const whole = Buffer.from(body)
  const half = whole.subarray(0, Math.floor(whole.length / 2))
  entry.leave()
  response.setHeader('content-type', 'application/json; charset=utf-8')
  if (account.random.below(2) === 0) {
    response.writeHead(200).end(half)
    return
  }
  response.writeHead(200, { 'content-length': String(whole.length + 2) })
  response.flushHeaders()
  // The bytes leave first: the caller sees a beginning, and then the end of the connection.
  response.write(half.length > 0 ? half : ' ', () => response.destroy())
}

async function wait(account: Account, fault: Fault | undefined): Promise<void> {
  const ms = fault === 'slow' ? (account.options.slowMs ?? 200) : (account.options.latencyMs ?? 0)
  if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms))
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts).toString()
}

function parsed(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}
