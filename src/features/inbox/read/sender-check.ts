import { Resolver as DnsResolver } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'
import { type Authenticity, checkAuthenticity, type Resolver } from '../../../platform/mail/incoming/index.ts'

/** What is needed of a message to look whether its sender is who it says. */
export interface CheckedMail {
  raw: Buffer
  source: string
  mail_from: string | null
  client_ip: string | null
  client_helo: string | null
}

/** Null when nothing could be found out. */
export type CheckSender = (mail: CheckedMail) => Promise<Authenticity | null>

const DNS = { timeout: 2000, tries: 1 }
const LIMIT_MS = 4000
const HEADER = 256 * 1024

/** Asks name servers, a few seconds at most. */
export function createSenderCheck({ resolver = askNameServers() }: { resolver?: Resolver } = {}): CheckSender {
  return async (mail) => {
    const ip = outsideAddress(mail)
    // Without the connection and without a signature there is nothing to ask about.
    if (ip === undefined && !hasSignature(mail.raw)) return null
    return checkAuthenticity(mail.raw, {
      ...{ ip, resolver, limit_ms: LIMIT_MS, helo: ip === undefined ? undefined : (mail.client_helo ?? undefined) },
      mail_from: mail.mail_from ?? undefined,
    })
  }
}

function askNameServers(): Resolver {
  const dns = new DnsResolver(DNS)
  return (name, type) => dns.resolve(name, type) as Promise<string[] | string[][]>
}

function hasSignature(raw: Buffer): boolean {
  const end = raw.indexOf('\r\n\r\n')
  return /^dkim-signature:/im.test(raw.toString('latin1', 0, Math.min(end < 0 ? HEADER : end, HEADER)))
}

/** Networks in which nobody on the internet is (RFC 6890): there a mail server of ours handed the message on. */
const PRIVATE = new BlockList()
PRIVATE.addSubnet('10.0.0.0', 8)
PRIVATE.addSubnet('100.64.0.0', 10)
PRIVATE.addSubnet('127.0.0.0', 8)
PRIVATE.addSubnet('169.254.0.0', 16)
PRIVATE.addSubnet('172.16.0.0', 12)
PRIVATE.addSubnet('192.168.0.0', 16)
PRIVATE.addSubnet('::1', 128, 'ipv6')
PRIVATE.addSubnet('fc00::', 7, 'ipv6')
PRIVATE.addSubnet('fe80::', 10, 'ipv6')

/**
 * The address that SPF (RFC 7208) may be asked about. Undefined when the message came from a server of ours, which took
 * it from somebody that we cannot see: SPF would call every honest sender a forger.
 */
export function outsideAddress({ source, client_ip }: Pick<CheckedMail, 'source' | 'client_ip'>): string | undefined {
  if (source !== 'smtp' || client_ip === null) return undefined
  const bare = client_ip.replace(/^::ffff:/i, '')
  const family = isIP(bare)
  if (family === 0) return undefined
  return PRIVATE.check(bare, family === 6 ? 'ipv6' : 'ipv4') ? undefined : bare
}
