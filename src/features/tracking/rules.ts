import { isAutomaticAgent, isPictureProxy } from './agents.ts'

/**
 * Which hits a machine made. Scanners follow every link of a message, at a median of 43 s after sending and often
 * hours later, some with a real browser (mail.md, "Links"): nothing here looks at how old the email is. Pure: the same
 * hits always give the same, whenever they are counted.
 */
export const RULES_VERSION = 1

/** One request as it came. */
export interface Hit {
  id: number
  delivery_id: number
  /** Empty for the picture that tells of an opening. */
  link_key: string
  at: Date
  method: string
  agent: string
  /** Hash of the network, in hexadecimal; empty when it is not known. */
  network: string
}

/** Hits of one network and agent at most so far apart are one session. */
const SESSION_MS = 10_000
/** Nobody reads a page and comes back for the next link in less, again and again. */
const PACE_MS = 3500
/** So many different links at such a pace are a scanner's; of a message with two links, both. */
const BURST_LINKS = 3
/** Scanners that come from a new network for each link: no hand is that quick, wherever it is. */
const SCATTERED_MS = 1000
/**
 * So many emails of a campaign from one network and agent within so short a time: a scanner in front of a whole
 * university. People in one room who are told to open their email do so within a minute, not within a breath.
 */
const CROWDS = [
  { emails: 5, ms: 1000 },
  { emails: 10, ms: 5000 },
] as const

/** Hits farther apart than this never tell of one another across emails. */
export const CROWD_REACH_MS = Math.max(...CROWDS.map(({ ms }) => ms))
/** Fewer emails never make a crowd. */
export const CROWD_EMAILS = Math.min(...CROWDS.map(({ emails }) => emails))

/** Whose hits may be one machine's: the same network and agent. */
export function sourceOf({ network, agent }: Pick<Hit, 'network' | 'agent'>): string {
  return `${network} ${agent}`
}

/** Whether a hit can be part of a crowd: the proxies of mail providers bring many readers by one door, as does no network. */
export function canCrowd({ agent, network }: Pick<Hit, 'agent' | 'network'>): boolean {
  return network !== '' && !isPictureProxy(agent)
}

/** @param hits of one campaign, in any order @returns ids of those in a burst over many of its emails */
export function findCrowded(hits: readonly Hit[]): Set<number> {
  const crowded = new Set<number>()
  for (const same of Map.groupBy(hits.filter(canCrowd), sourceOf).values()) {
    const inOrder = same.toSorted(byTime)
    for (const { emails, ms } of CROWDS) addWindows(crowded, inOrder, emails, ms)
  }
  return crowded
}

/** Adds every hit of each stretch of `ms` that holds as many different emails. */
function addWindows(crowded: Set<number>, hits: readonly Hit[], emails: number, ms: number): void {
  const within = new Map<number, number>()
  let first = 0
  let added = 0
  for (const [last, hit] of hits.entries()) {
    within.set(hit.delivery_id, (within.get(hit.delivery_id) ?? 0) + 1)
    for (; gap(hits[first] as Hit, hit) > ms; first++) {
      const gone = (hits[first] as Hit).delivery_id
      const left = (within.get(gone) as number) - 1
      if (left === 0) within.delete(gone)
      else within.set(gone, left)
    }
    if (within.size < emails) continue
    for (added = Math.max(added, first); added <= last; added++) crowded.add((hits[added] as Hit).id)
  }
}

/**
 * The hits of one delivery that a machine made, by id:
 * - HEAD, and what the same network and agent does in the session that follows;
 * - an agent that says it is no browser;
 * - a session with three different links (of a message with two: both) each within 3.5 s of the one before;
 * - a session that is part of a burst over many emails of the campaign;
 * - three different links within a second of one another from several networks.
 * @param hits all hits of the delivery
 * @param links how many links the campaign has
 * @param crowded from `findCrowded`, over the hits of the campaign around these
 */
export function findMachine(hits: readonly Hit[], links: number, crowded: ReadonlySet<number>): Set<number> {
  const machine = new Set<number>()
  /** What no source is found out by alone. */
  const open: Hit[] = []
  for (const same of Map.groupBy(hits, sourceOf).values()) {
    const { agent } = same[0] as Hit
    const isNamed = { link: isAutomaticAgent(agent, false), picture: isAutomaticAgent(agent, true) }
    for (const session of chain(same.toSorted(byTime), SESSION_MS)) {
      const isScanner = chain(session, PACE_MS).some((part) => isBurst(part, links))
      const isCrowd = session.some(({ id }) => crowded.has(id))
      let headed = false
      for (const hit of session) {
        headed ||= hit.method === 'HEAD'
        const isApart = isScanner || headed || isNamed[hit.link_key === '' ? 'picture' : 'link']
        if (isApart || isCrowd) machine.add(hit.id)
        if (!isApart) open.push(hit)
      }
    }
  }
  for (const part of chain(open.toSorted(byTime), SCATTERED_MS)) {
    if (countLinks(part) >= BURST_LINKS) for (const { id } of part) machine.add(id)
  }
  return machine
}

/** What the hits of one delivery count as, a row a link. */
export interface HitCount {
  delivery_id: number
  link_key: string
  human: number
  machine: number
  /** The first that a human made. */
  first_at: Date | null
}

/** @param hits all of one delivery @param machine from `findMachine` */
export function countHits(hits: readonly Hit[], machine: ReadonlySet<number>): HitCount[] {
  return [...Map.groupBy(hits, ({ link_key }) => link_key)].map(([link_key, of]) => {
    const human = of.filter(({ id }) => !machine.has(id)).toSorted(byTime)
    const { delivery_id } = of[0] as Hit
    return {
      delivery_id,
      link_key,
      human: human.length,
      machine: of.length - human.length,
      first_at: human[0]?.at ?? null,
    }
  })
}

const isBurst = (hits: readonly Hit[], links: number): boolean =>
  countLinks(hits) >= BURST_LINKS || (links === 2 && countLinks(hits) === 2)

const countLinks = (hits: readonly Hit[]): number =>
  new Set(hits.flatMap(({ link_key }) => (link_key === '' ? [] : [link_key]))).size

const gap = (before: Hit, after: Hit): number => after.at.getTime() - before.at.getTime()
const byTime = (a: Hit, b: Hit): number => gap(b, a) || a.id - b.id

/** Parts of hits in order of time, each at most `ms` after the one before. */
function chain(hits: readonly Hit[], ms: number): Hit[][] {
  const parts: Hit[][] = []
  for (const hit of hits) {
    const part = parts.at(-1)
    const before = part?.at(-1)
    if (part && before && gap(before, hit) <= ms) part.push(hit)
    else parts.push([hit])
  }
  return parts
}
