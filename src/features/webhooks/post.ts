import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { wordsOf } from '../../lib/errors.ts'
import { portOf, reachableOnly, Unreachable } from '../../platform/http/link-probe.ts'
import { faultOfUrl, type Reach } from './reachable.ts'

/** What came of one try. `words` are ours or the network's, never the receiver's: those could hold anything. */
export interface Outcome {
  status: number | null
  words: string
  /** What the receiver asked for by Retry-After. */
  retryAfterMs: number
}

interface Posting {
  url: string
  headers: Record<string, string>
  body: string
}

/** Of an answer nothing but its status is wanted; this much is taken so that an ordinary receiver can end its own. */
const MOST_OCTETS = 64 * 1024
const LONGEST_WORDS = 300

/**
 * Posts JSON once. The name is looked up, judged and connected to in one: what it leads to a moment later does not
 * count. Redirects are not followed, and no connection is used twice. Never throws; aborted, it says so.
 */
export async function postMessage(
  posting: Posting,
  { reach, timeoutMs, signal }: { reach: Reach; timeoutMs: number; signal: AbortSignal },
): Promise<Outcome> {
  const fault = faultOfUrl(posting.url, reach)
  if (fault !== undefined) return failed(fault)
  const timeout = AbortSignal.timeout(timeoutMs)
  try {
    const answer = await ask(posting, { reach, signal: AbortSignal.any([signal, timeout]) })
    return { ...answer, words: sayStatus(answer.status) }
  } catch (error) {
    if (timeout.aborted) return failed(`No answer within ${timeoutMs / 1000} seconds.`)
    if (error instanceof Unreachable) return failed('Its name leads to no public address.')
    return failed(`It could not be reached (${wordsOf(error)}).`.slice(0, LONGEST_WORDS))
  }
}

const failed = (words: string): Outcome => ({ status: null, words, retryAfterMs: 0 })

function sayStatus(status: number): string {
  const isRedirect = status >= 300 && status < 400
  return isRedirect ? `Answered ${status}: redirects are not followed.` : `Answered ${status}.`
}

function ask(
  { url: address, headers, body }: Posting,
  { reach, signal }: { reach: Reach; signal: AbortSignal },
): Promise<{ status: number; retryAfterMs: number }> {
  const url = new URL(address)
  const request = url.protocol === 'https:' ? requestHttps : requestHttp
  return new Promise((done, fail) => {
    const asked = request(url, {
      method: 'POST',
      signal,
      agent: false,
      lookup: reachableOnly(portOf(url), reach),
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    })
    let head: { status: number; retryAfterMs: number } | undefined
    // Once the status is there it counts, however the answer goes on: sent again, it would be taken twice.
    const end = (error: Error) => (head === undefined ? fail(error) : done(head))
    asked.on('response', (answer) => {
      head = { status: answer.statusCode ?? 0, retryAfterMs: retryAfterOf(answer) }
      readAway(asked, answer)
    })
    asked.on('error', end)
    asked.on('close', () => end(new Error('the connection was closed without an answer')))
    asked.end(body)
  })
}

/** RFC 9110 §10.2.3: seconds, or a moment, which needs clocks that agree and is left alone. */
function retryAfterOf({ headers }: IncomingMessage): number {
  const seconds = /^\d{1,9}$/.exec(headers['retry-after'] ?? '')?.[0]
  return Number(seconds ?? 0) * 1000
}

function readAway(asked: ClientRequest, answer: IncomingMessage): void {
  let octets = 0
  answer.on('data', (piece: Buffer) => {
    octets += piece.length
    if (octets > MOST_OCTETS) asked.destroy()
  })
  answer.on('error', () => undefined)
}
