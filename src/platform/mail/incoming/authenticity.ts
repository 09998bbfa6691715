import { Readable } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { type AuthenticateResult, authenticate } from 'mailauth'
import { readHeaderResults } from './authentication-results.ts'
import { HEADER_OCTETS } from './caps.ts'
import { type Field, readFields, valuesOf } from './fields.ts'
import { readAddresses } from './head.ts'

export type AuthResult = 'pass' | 'fail' | 'none' | 'temperror' | 'permerror'

/** Whether a message comes from the domain in its From. */
export interface Authenticity {
  /** Checked by ourselves, believed of a server of ours, or not known. */
  source: 'checked' | 'header' | 'none'
  dkim: AuthResult
  spf: AuthResult
  /** Only DKIM counts where the connection is not known; that it fails then proves nothing, and is `none`. */
  dmarc: AuthResult
  arc: AuthResult
  /** Lower case; null when there is no From, or more than one domain in it. */
  from_domain: string | null
  /** A signature or the envelope that passed is of From's own domain, whether it publishes a DMARC policy or not. */
  aligned: boolean
  /** One sentence. */
  why: string
}

/** As node:dns/promises `resolve`: rejects with `code` ENOTFOUND or ENODATA when there is nothing. */
export type Resolver = (name: string, type: string) => Promise<string[] | string[][]>

export interface AuthenticityInput {
  /** Of the connection; without it (IMAP) there is no SPF. */
  ip?: string | undefined
  helo?: string | undefined
  mail_from?: string | undefined
  resolver: Resolver
  /** The authserv-id of the server that delivers to our mailbox; no other Authentication-Results is believed. */
  authserv_id?: string | undefined
  limit_ms?: number | undefined
}

const LIMIT_MS = 5000
/** A signature covers the whole message, so that part of one cannot be checked. */
const CHECKED_OCTETS = 10 * 1024 * 1024
/** The verifier's time grows with the square of a line's length, and with empty lines; 10 MB of base64 has 140,000. */
const CHECKED_LINE_OCTETS = 256 * 1024
const CHECKED_LINES = 300_000
const CHUNK_OCTETS = 32 * 1024
/** Each may ask for a body hash of its own; more than a few are nobody's. */
const SIGNATURES = 5
/** RFC 7208 §4.6.4 allows SPF alone some thirty. */
const QUERIES = 80

/** Never throws and takes no longer than the limit: what could not be asked for is `temperror`. */
export async function checkAuthenticity(raw: Buffer, input: AuthenticityInput): Promise<Authenticity> {
  const { fields, end } = readFields(raw, 0, true, () => false)
  const from_domain = fromDomain(fields)
  const unknown: Authenticity = {
    source: 'none',
    dkim: 'none',
    spf: 'none',
    dmarc: 'none',
    arc: 'none',
    from_domain,
    aligned: false,
    why: '',
  }
  if (input.authserv_id && !input.ip) {
    const believed = fromHeader(fields, input.authserv_id, unknown)
    if (believed) return believed
  }
  if (!isCheckable(raw))
    return { ...unknown, why: 'It is too large to check its signature, or its lines are too long.' }
  if (end > HEADER_OCTETS || valuesOf(fields, 'dkim-signature', 'arc-message-signature').length > SIGNATURES * 2)
    return { ...unknown, dkim: 'permerror', why: 'Its header is too large, or has too many signatures.' }
  if (!from_domain) return { ...unknown, why: 'It has no From, or several with different domains.' }
  return checkWithin(raw, input, unknown)
}

function isCheckable(raw: Buffer): boolean {
  if (raw.length > CHECKED_OCTETS) return false
  let lines = 0
  for (let at = 0; at < raw.length; lines++) {
    const feed = raw.indexOf(10, at)
    const next = feed < 0 ? raw.length : feed + 1
    if (next - at > CHECKED_LINE_OCTETS || lines > CHECKED_LINES) return false
    at = next
  }
  return true
}

function fromDomain(fields: readonly Field[]): string | null {
  const domains = readAddresses(valuesOf(fields, 'from')).map(({ address }) => address.split('@').at(-1)?.toLowerCase())
  return new Set(domains).size === 1 && /^[^\s.]+\.\S+$/.test(domains[0] ?? '') ? (domains[0] as string) : null
}

function fromHeader(fields: readonly Field[], authservId: string, unknown: Authenticity): Authenticity | undefined {
  const results = readHeaderResults(fields, authservId)
  if (!results) return undefined
  const { from_domain } = unknown
  const dmarc = results.get('dmarc')
  const isOfFrom = dmarc !== undefined && dmarc.domain === from_domain
  const isAligned = (['dkim', 'spf'] as const).some((method) => {
    const found = results.get(method)
    return found?.result === 'pass' && from_domain !== null && isSameOrBelow(from_domain, found.domain)
  })
  return {
    ...unknown,
    source: 'header',
    dkim: resultOf(results.get('dkim')?.result),
    spf: resultOf(results.get('spf')?.result),
    dmarc: isOfFrom ? resultOf(dmarc.result) : 'none',
    arc: resultOf(results.get('arc')?.result),
    aligned: (isOfFrom && dmarc.result === 'pass') || isAligned,
    why: `${authservId} checked it.`,
  }
}

/** One of the two is the other's subdomain. Stricter than an organisational domain, and needs no list of suffixes. */
const isSameOrBelow = (a: string, b: string) =>
  b.includes('.') && (a === b || a.endsWith(`.${b}`) || b.endsWith(`.${a}`))

async function checkWithin(raw: Buffer, input: AuthenticityInput, unknown: Authenticity): Promise<Authenticity> {
  const limit = input.limit_ms ?? LIMIT_MS
  const ended = new AbortController()
  const timer = setTimeout(() => ended.abort(), limit)
  const late = new Promise<undefined>((resolve) => ended.signal.addEventListener('abort', () => resolve(undefined)))
  try {
    const resolver = limitedResolver(input.resolver, late, ended.signal)
    const found = await Promise.race([authenticate(inChunks(raw, ended.signal), optionsOf(input, resolver)), late])
    if (!found) return unanswered(unknown, `Name servers did not answer within ${limit / 1000} s.`)
    return presentFound(found, input, unknown)
  } catch {
    return unanswered(unknown, 'It could not be checked.')
  } finally {
    clearTimeout(timer)
    ended.abort()
  }
}

const unanswered = (unknown: Authenticity, why: string): Authenticity => ({
  ...unknown,
  source: 'checked',
  dkim: 'temperror',
  spf: 'temperror',
  dmarc: 'temperror',
  why,
})

const optionsOf = ({ ip, helo, mail_from }: AuthenticityInput, resolver: Resolver) => ({
  ...(ip ? { ip } : {}),
  ...(helo ? { helo } : {}),
  ...(mail_from !== undefined ? { sender: mail_from } : {}),
  mta: 'localhost',
  rejectRsaSha1: true,
  disableBimi: true,
  resolver,
})

/** Hashing 10 MB takes some hundred milliseconds: other work gets its turn between the chunks. */
function inChunks(raw: Buffer, signal: AbortSignal): Readable {
  return Readable.from(
    (async function* () {
      for (let at = 0; at < raw.length && !signal.aborted; at += CHUNK_OCTETS) {
        yield raw.subarray(at, at + CHUNK_OCTETS)
        await turn()
      }
    })(),
  )
}

function limitedResolver(resolver: Resolver, late: Promise<undefined>, signal: AbortSignal): Resolver {
  let queries = 0
  const refuse = () => Object.assign(new Error('No answer from name servers.'), { code: 'ETIMEOUT' })
  return async (name, type) => {
    queries++
    if (signal.aborted || queries > QUERIES) throw refuse()
    const answer = await Promise.race([resolver(name, type), late])
    if (!answer) throw refuse()
    return answer
  }
}

function presentFound(found: AuthenticateResult, { ip }: AuthenticityInput, unknown: Authenticity): Authenticity {
  const signatures = (found.dkim.results ?? []).map(({ status, signingDomain }) => ({
    // The verifier is lenient with a body that was changed, and says `neutral`.
    result: /body hash/.test(status.comment ?? '') ? 'fail' : resultOf(status.result),
    isAligned: status.result === 'pass' && Boolean(status.aligned),
    domain: (signingDomain ?? '').toLowerCase(),
  }))
  const spf = ip && found.spf ? resultOf(found.spf.status.result) : 'none'
  const spfDomain = found.spf ? String(found.spf.domain ?? '').toLowerCase() : ''
  const spfIsAligned = spf === 'pass' && unknown.from_domain !== null && isSameOrBelow(unknown.from_domain, spfDomain)
  const dmarc = found.dmarc ? resultOf(found.dmarc.status.result) : 'none'
  const dkim = (['pass', 'temperror', 'fail', 'permerror'] as const).find((one) =>
    signatures.some(({ result }) => result === one),
  )
  // Without the connection SPF might have passed, so that only a broken signature of From's own domain tells against it.
  const isBroken = signatures.some(
    ({ result, domain }) =>
      result === 'fail' && unknown.from_domain !== null && isSameOrBelow(unknown.from_domain, domain),
  )
  const signers = [...new Set(signatures.map(({ domain }) => domain))].join(', ')
  return {
    ...unknown,
    source: 'checked',
    dkim: dkim ?? 'none',
    spf,
    dmarc: dmarc === 'fail' && !ip && !isBroken ? 'none' : dmarc,
    arc: found.arc ? resultOf(found.arc.status.result) : 'none',
    aligned: signatures.some(({ isAligned }) => isAligned) || spfIsAligned || dmarc === 'pass',
    why: signers
      ? `It ${dkim === 'pass' ? 'is signed' : 'has a signature that could not be verified,'} by ${signers}.`
      : 'It is not signed.',
  }
}

/** `neutral` and `softfail` say nothing for the sender, and nothing certain against. */
function resultOf(result: string | undefined): AuthResult {
  switch (result) {
    case 'pass':
      return 'pass'
    case 'fail':
    case 'hardfail':
    case 'policy':
      return 'fail'
    case 'temperror':
    case 'temperr':
      return 'temperror'
    case 'permerror':
      return 'permerror'
    default:
      return 'none'
  }
}
