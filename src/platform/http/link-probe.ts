import { type LookupAddress, lookup } from 'node:dns'
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { wordsOf } from '../../lib/errors.ts'

export interface ProbeSettings {
  /** Whether this IP address may be connected to. */
  mayReach(address: string, port: number): boolean
  userAgent: string
  /** For the whole look, redirects included. */
  timeoutMs: number
  signal?: AbortSignal
}

export type Probe =
  | { kind: 'answered'; status: number; octets: number | null }
  /** The host's name is not known, as far as this machine can tell. */
  | { kind: 'no_such_host' }
  /** We would not look: an address of a private network, another port, too many redirects. */
  | { kind: 'refused'; words: string }
  | { kind: 'failed'; words: string }

const MOST_REDIRECTS = 5

/**
 * Looks whether something is at an address, and how large it says it is: HEAD, and GET where that is not answered
 * well (many servers know no HEAD), ended as soon as the head is there. Never throws.
 */
export async function probeLink(address: string, settings: ProbeSettings): Promise<Probe> {
  const timeout = AbortSignal.timeout(settings.timeoutMs)
  const signal = settings.signal ? AbortSignal.any([settings.signal, timeout]) : timeout
  try {
    const head = await follow('HEAD', address, settings, signal)
    if (head.kind !== 'answered' || head.status < 400) return head
    return await follow('GET', address, settings, signal)
  } catch (error) {
    if (timeout.aborted) return { kind: 'failed', words: 'took too long to answer' }
    return { kind: 'failed', words: `could not be reached (${wordsOf(error)})` }
  }
}

async function follow(method: string, start: string, settings: ProbeSettings, signal: AbortSignal): Promise<Probe> {
  let url = new URL(start)
  for (let left = MOST_REDIRECTS; ; left--) {
    const fault = refusal(url, settings)
    if (fault !== undefined) return { kind: 'refused', words: fault }
    const answer = await ask(method, url, settings, signal)
    if (!('location' in answer)) return answer
    if (left === 0) return { kind: 'refused', words: 'leads from one address to the next without end' }
    if (!URL.canParse(answer.location, url)) return { kind: 'failed', words: 'leads on to an address that is none' }
    url = new URL(answer.location, url)
  }
}

/** What can be said before any name is looked up. A host written as a number is looked up by nobody. */
function refusal(url: URL, { mayReach }: ProbeSettings): string | undefined {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'is no web address'
  const host = hostOf(url)
  if (isIP(host) && !mayReach(host, portOf(url))) return PRIVATE
  return undefined
}

const PRIVATE = 'is no public address, so it was not looked at'
/** Without the brackets of an IPv6 address. */
export const hostOf = (url: URL) => url.hostname.replace(/^\[|\]$/g, '')
export const portOf = (url: URL) => Number(url.port || (url.protocol === 'https:' ? 443 : 80))

/** A name that leads to no address that may be connected to. */
export class Unreachable extends Error {}

function ask(
  method: string,
  url: URL,
  settings: ProbeSettings,
  signal: AbortSignal,
): Promise<Probe | { location: string }> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp
  return new Promise((done, fail) => {
    const asked = request(url, {
      method,
      signal,
      // No connection that was made for another host, or checked under another name, is used again.
      agent: false,
      lookup: reachableOnly(portOf(url), settings),
      headers: { 'user-agent': settings.userAgent, accept: '*/*' },
    })
    asked.on('response', (answer) => {
      const { statusCode: status = 0, headers } = answer
      // What follows the head is not wanted.
      answer.destroy()
      const { location } = headers
      if (location !== undefined && [301, 302, 303, 307, 308].includes(status)) done({ location })
      else done({ kind: 'answered', status, octets: octetsOf(headers['content-length']) })
    })
    asked.on('error', (error: NodeJS.ErrnoException) => {
      if (error instanceof Unreachable) done({ kind: 'refused', words: PRIVATE })
      else if (error.code === 'ENOTFOUND') done({ kind: 'no_such_host' })
      else fail(error)
    })
    asked.end()
  })
}

function octetsOf(length: string | undefined): number | null {
  const octets = Number(length)
  return length !== undefined && Number.isSafeInteger(octets) && octets >= 0 && octets < 2 ** 31 ? octets : null
}

/** Looks a name up and gives only addresses that may be reached: the very ones that are connected to. */
export function reachableOnly(port: number, { mayReach }: Pick<ProbeSettings, 'mayReach'>): LookupFunction {
  return (host, options, done) => {
    lookup(host, { ...options, all: true }, (error, found: LookupAddress[]) => {
      if (error) return done(error, '', 0)
      const allowed = found.filter(({ address }) => mayReach(address, port))
      const [first] = allowed
      if (!first) return done(new Unreachable(host), '', 0)
      if (options.all) done(null, allowed)
      else done(null, first.address, first.family)
    })
  }
}
