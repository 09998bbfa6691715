import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { isLoopback } from '../../platform/http/addresses.ts'
import { hostOf, portOf } from '../../platform/http/link-probe.ts'
import { isPublicWeb } from '../../platform/http/reach.ts'
import { within } from '../../platform/http/time-limit.ts'

/** Where messages may go. */
export interface Reach {
  protocols: readonly string[]
  mayReach(address: string, port: number): boolean
}

/**
 * The one rule: messages go by https to public addresses, on the web's ports. A service whose own PUBLIC_URL is on
 * loopback (somebody tries it out, or a test) serves this machine alone, and may also send to this machine, by http
 * too. Nothing ever goes to a private network.
 */
export function reachFrom({ publicUrl }: { publicUrl: string }): Reach {
  if (!isLoopback(new URL(publicUrl).hostname)) return { protocols: ['https:'], mayReach: isPublicWeb }
  const mayReach = (address: string, port: number) => isLoopback(address) || isPublicWeb(address, port)
  return { protocols: ['https:', 'http:'], mayReach }
}

const LONGEST_URL = 2000
const NOT_PUBLIC =
  'It leads to no public address: messages are sent to the public internet only, on port 443, 8443, 80 or 8080.'

/** What is wrong with an address as far as it can be seen without asking anybody; undefined when nothing is. */
export function faultOfUrl(text: string, { protocols, mayReach }: Reach): string | undefined {
  if (!URL.canParse(text)) return 'Write the whole address, such as https://example.org/pairpost.'
  const url = new URL(text)
  if (text.length > LONGEST_URL || url.href.length > LONGEST_URL)
    return `The address is too long: ${LONGEST_URL} characters are the most.`
  if (!protocols.includes(url.protocol))
    return protocols.includes('http:') ? 'It must begin with https:// or http://.' : 'It must begin with https://.'
  if (url.username !== '' || url.password !== '')
    return 'Leave out the name and password: the signature shows that a message is ours.'
  const host = hostOf(url)
  if (isIP(host) ? !mayReach(host, portOf(url)) : isOwnName(host) && !mayReach('127.0.0.1', portOf(url)))
    return NOT_PUBLIC
  return undefined
}

/** RFC 6761 §6.3: these names are always the machine itself. */
const isOwnName = (host: string) => /(^|\.)localhost\.?$/i.test(host)

const LOOKUP_MS = 3000

/**
 * As `faultOfUrl`, with the name looked up. A name that nobody knows just now is let through: each message looks it up
 * again anyway, and connects to no other address than the one that was looked at.
 */
export async function findFaultOfUrl(text: string, reach: Reach): Promise<string | undefined> {
  const fault = faultOfUrl(text, reach)
  if (fault !== undefined) return fault
  const url = new URL(text)
  const found = await within(LOOKUP_MS, lookup(hostOf(url), { all: true })).catch(() => undefined)
  const isReachable = found?.some(({ address }) => reach.mayReach(address, portOf(url))) ?? true
  return isReachable ? undefined : NOT_PUBLIC
}
