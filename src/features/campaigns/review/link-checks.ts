import { promises as dns } from 'node:dns'
import type { Clock } from '../../../lib/clock.ts'
import type { Db } from '../../../platform/db/open.ts'
import { type Probe, type ProbeSettings, probeLink } from '../../../platform/http/link-probe.ts'
import { isPublicWeb } from '../../../platform/http/reach.ts'
import { isOwnPicture } from '../../pictures/index.ts'
import { listAddresses } from '../content/index.ts'
import { findCampaign, listVariants } from '../writing/queries.ts'
import { type LinkCheck, type LinkState, listLinkChecks, recordLinkCheck } from './link-checks-queries.ts'

export interface LinkCheckDeps {
  db: Db
  clock: Clock
  config: { publicUrl: string }
  /** Which IP addresses may be connected to; a test lets its own machine in. */
  mayReach?: ProbeSettings['mayReach']
  /** Whether names can be looked up at all just now. */
  dnsWorks?: () => Promise<boolean>
  timeoutMs?: number
}

const MINUTE_MS = 60_000
/** How long the last look counts. What seemed dead is looked at again soon: its owner may be mending it. */
const FRESH_MS: Record<LinkState, number> = {
  alive: 24 * 60 * MINUTE_MS,
  unknown: 60 * MINUTE_MS,
  dead: 10 * MINUTE_MS,
}
const MOST_AT_ONCE = 4
const MOST_A_RUN = 200
const TIMEOUT_MS = 10_000
const RUN_MS = 60_000
/** The key of a B-tree has its limit, and no reader was ever sent a longer address on purpose. */
const MOST_LENGTH = 2000

/**
 * The handler of 'check-links': looks at every link and picture of the present version that was not looked at lately.
 * What is not reached in a minute is left for the next run. Nothing is said of pictures that we serve ourselves.
 */
export async function checkLinks(
  deps: LinkCheckDeps,
  { campaign_id }: { campaign_id: number },
  signal: AbortSignal = new AbortController().signal,
): Promise<void> {
  const due = await listDue(deps, campaign_id)
  const ending = AbortSignal.any([signal, AbortSignal.timeout(RUN_MS)])
  const settings: ProbeSettings = {
    mayReach: deps.mayReach ?? isPublicWeb,
    userAgent: `Pairpost link check (+${deps.config.publicUrl})`,
    timeoutMs: deps.timeoutMs ?? TIMEOUT_MS,
    signal: ending,
  }
  const homeless: string[] = []
  let anybodyAnswered = false
  const lookAtNext = async (queue: Iterator<string>) => {
    for (let next = queue.next(); !next.done && !ending.aborted; next = queue.next()) {
      const probe = await probeLink(next.value, settings)
      if (ending.aborted) return
      if (probe.kind === 'no_such_host') homeless.push(next.value)
      else await record(deps, next.value, readProbe(probe))
      if (probe.kind === 'answered') anybodyAnswered = true
    }
  }
  const queue = due.values()
  await Promise.all(Array.from({ length: MOST_AT_ONCE }, () => lookAtNext(queue)))
  if (homeless.length === 0) return
  // A machine that is offline knows no host at all: then nothing is wrong with the text.
  const isOnline = anybodyAnswered || (await (deps.dnsWorks ?? canLookUp)())
  for (const url of homeless) await record(deps, url, readMissingHost(isOnline))
}

async function listDue({ db, clock }: LinkCheckDeps, campaign_id: number): Promise<string[]> {
  const campaign = await findCampaign(db, campaign_id)
  if (!campaign) return []
  const variants = await listVariants(db, campaign_id, campaign.version)
  const found = variants.flatMap((variant) => listAddresses(variant, variant.language).map(({ url }) => url))
  const urls = [...new Set(found)].filter((url) => URL.canParse(url) && url.length <= MOST_LENGTH && !isOwnPicture(url))
  const now = clock.now().getTime()
  const fresh = (await listLinkChecks(db, urls)).filter(
    ({ state, checked_at }) => now - checked_at.getTime() < FRESH_MS[state],
  )
  const known = new Set(fresh.map(({ url }) => url))
  return urls.filter((url) => !known.has(url)).slice(0, MOST_A_RUN)
}

type Found = Pick<LinkCheck, 'state' | 'status' | 'words' | 'octets'>

/**
 * Only what its own server says is gone counts as dead. Many refuse programs (401, 403, 429) or fail for a while (5xx):
 * of those we know nothing.
 */
function readProbe(probe: Exclude<Probe, { kind: 'no_such_host' }>): Found {
  if (probe.kind !== 'answered') return { state: 'unknown', status: null, words: probe.words, octets: null }
  const { status } = probe
  const isThere = status >= 200 && status < 400
  const state = isThere ? 'alive' : status === 404 || status === 410 ? 'dead' : 'unknown'
  return { state, status, words: `answered ${status}`, octets: isThere ? probe.octets : null }
}

function readMissingHost(isOnline: boolean): Found {
  const none = { status: null, octets: null }
  return isOnline
    ? { ...none, state: 'dead', words: 'leads to a host that does not exist' }
    : { ...none, state: 'unknown', words: 'could not be looked up: this machine seems to be offline' }
}

async function record({ db, clock }: LinkCheckDeps, url: string, found: Found): Promise<void> {
  await recordLinkCheck(db, { url, ...found, checked_at: clock.now() })
}

/** Asks for the servers of the root, which every resolver that works can name. */
async function canLookUp(): Promise<boolean> {
  const resolver = new dns.Resolver({ timeout: 3000, tries: 1 })
  return resolver.resolveNs('.').then(
    () => true,
    () => false,
  )
}
