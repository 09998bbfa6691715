import type { Hit } from '../../../src/features/tracking/rules.ts'

/** Numbers that look like chance and are the same for the same seed (mulberry32). */
export function seeded(seed: number) {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const between = (least: number, most: number) => Math.floor(least + next() * (most - least + 1))
  return { next, between, oneOf: <T>(items: readonly T[]): T => items[between(0, items.length - 1)] as T }
}
type Chance = ReturnType<typeof seeded>

export const SENT = Date.parse('2016-03-01T09:00:00Z')
const SECOND = 1000
const HOUR = 3600 * SECOND
const DAY = 24 * HOUR

const BROWSERS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.2 Safari/605.1.15',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148',
  'Mozilla/5.0 (X11; Linux x86_64; rv:121.0) Gecko/20100101 Firefox/121.0',
  'Mozilla/5.0 (Linux; Android 13; CUBOT P80) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0.0.0 Mobile Safari/537.36',
] as const
export const CHROME = BROWSERS[0]
/** The network that the managed machines of a university share. */
const CAMPUS = 'campus'

/** One request to come: ids are given when all are put in order. */
export type Event = Omit<Hit, 'id' | 'at'> & { at: number }

export interface Mailing {
  deliveries: readonly number[]
  links: readonly string[]
}

/** Clicks of people, at least `count`: at reading pace, twice by a nervous finger, in two tabs, and again days later. */
export function humanClicks(chance: Chance, { deliveries, links }: Mailing, count: number): Event[] {
  const events: Event[] = []
  while (events.length < count) {
    const delivery_id = chance.oneOf(deliveries)
    const atWork = chance.next() < 0.5
    const network = atWork ? CAMPUS : `home ${chance.between(1, 1e6)}`
    const agent = atWork ? CHROME : chance.oneOf(BROWSERS)
    let at = SENT + chance.between(2 * SECOND, 20 * DAY)
    // Nobody reads one email at the same moment from two places: another visit of the same is far off.
    if (events.some((event) => event.delivery_id === delivery_id && Math.abs(event.at - at) < HOUR)) continue
    const click = (link_key: string) => events.push({ delivery_id, link_key, at, method: 'GET', agent, network })
    for (let left = chance.between(1, 4); left > 0; left--) {
      const link = chance.oneOf(links)
      click(link)
      const way = chance.next()
      if (way < 0.15) {
        at += chance.between(120, 700)
        click(link)
      } else if (way < 0.3 && links.length > 2) {
        at += chance.between(200, 1500)
        click(chance.oneOf(links))
      }
      at += chance.between(6 * SECOND, 180 * SECOND)
    }
    if (chance.next() < 0.2) {
      at += chance.between(1, 9) * DAY
      click(chance.oneOf(links))
    }
  }
  return events
}

/** Everybody in a room opens the same link within a minute, on machines that look the same. */
export function roomClicks(chance: Chance, { deliveries, links }: Mailing): Event[] {
  const start = SENT + 3 * DAY
  const link_key = links[0] as string
  return deliveries.map((delivery_id) => ({
    delivery_id,
    link_key,
    at: start + Math.floor(chance.next() * 60 * SECOND),
    method: 'GET',
    agent: CHROME,
    network: CAMPUS,
  }))
}

const DELAYS = [43 * SECOND, 3 * 60 * SECOND, 6 * HOUR, 9 * DAY]

/**
 * Scanners of every kind in front of some of the mailboxes: from a cloud of their own or from the readers' own network
 * with the readers' own browser, but then not in the seconds of a reader's click.
 * @param humans clicks that are there
 */
export function scannerTraffic(chance: Chance, { deliveries, links }: Mailing, humans: readonly Event[]): Event[] {
  const events: Event[] = []
  for (const delivery_id of deliveries) {
    if (chance.next() < 0.3) continue
    const kind = chance.oneOf(
      links.length > 1
        ? ['burst', 'slow', 'head', 'head then get', 'named', 'scattered']
        : ['head', 'head then get', 'named'],
    )
    const isNear = chance.next() < 0.3
    const network = isNear ? CAMPUS : `cloud ${chance.between(1, 5)}`
    const agent =
      kind === 'named'
        ? chance.oneOf(['', 'python-requests/2.31', 'Mozilla/5.0 (compatible; BarracudaCentral)'])
        : CHROME
    const start = SENT + chance.oneOf(DELAYS) + chance.between(0, 20 * SECOND)
    const made: Event[] = []
    let at = start
    const hit = (link_key: string, method: string, from = network) =>
      made.push({ delivery_id, link_key, at, method, agent, network: from })
    for (const link of links) {
      if (kind === 'head' || kind === 'head then get') hit(link, 'HEAD')
      if (kind === 'head then get') at += chance.between(20, 3000)
      if (kind !== 'head') hit(link, 'GET', kind === 'scattered' && links.length > 2 ? `cloud ${link}` : network)
      at += kind === 'slow' ? chance.between(1000, 3000) : chance.between(0, 400)
    }
    // Loads the picture too, as what runs the page's scripts does.
    hit('', 'GET')
    if (!isOfReader(made, humans)) events.push(...made)
  }
  // In front of a whole domain, link by link.
  for (const delay of DELAYS) {
    let at = SENT + delay + HOUR
    const made: Event[] = []
    for (const link_key of links) {
      for (const delivery_id of deliveries) {
        made.push({ delivery_id, link_key, at, method: 'GET', agent: CHROME, network: 'gateway' })
        at += chance.between(20, 200)
      }
    }
    events.push(...made)
  }
  return events
}

/** Nobody could tell these apart from the reader's own: same network and browser, same seconds. */
function isOfReader(made: readonly Event[], humans: readonly Event[]): boolean {
  const first = (made[0] as Event).at - 20 * SECOND
  const last = (made.at(-1) as Event).at + 20 * SECOND
  return humans.some(
    ({ delivery_id, at }) => delivery_id === (made[0] as Event).delivery_id && at >= first && at <= last,
  )
}

/** In the order in which they come. */
export function inOrder(events: readonly Event[]): Hit[] {
  return events
    .toSorted((a, b) => a.at - b.at)
    .map((event, index) => ({ ...event, id: index + 1, at: new Date(event.at) }))
}
