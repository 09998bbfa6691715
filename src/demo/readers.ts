import { createHash } from 'node:crypto'
import type { Deps } from '../deps.ts'
import { getCaught, listCaught } from '../features/mailbox/index.ts'
import type { Bars } from './bars.ts'
import type { DemoClock } from './clock.ts'
import { ROUND_DAYS, type Sent } from './round.ts'

/** Of the readers of a topic so many in a hundred follow a link of it, on a day of their own. */
const READER_PERCENT = 38
/** For so many others a scanner of their library does, all of the links at once. */
const SCANNER_PERCENT = 6
const BROWSER =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36'

/** What was done with the links of the topic. */
export interface Followed {
  people: number
  scanned: number
}

/**
 * The made-up readers follow links of the topic that lies in the built-in mailbox, over HTTP as a browser does, on the days
 * until now, and scanners among them: no figure may tell.
 */
export async function followLinks(
  deps: Deps,
  input: { url: string; topic: Sent; clock: DemoClock; bars: Bars },
): Promise<Followed> {
  const { url, topic, clock, bars } = input
  // Nothing came after the topic.
  const copies = (await listCaught(deps.db, { direction: 'to_participant' })).slice(-topic.recipients)
  const readers = copies.map(({ id, rcpt_to }) => ({ id, ...planOf(rcpt_to.toLowerCase()) }))
  const chosen = readers.filter(({ does }) => does !== 'nothing')
  const bar = bars.open('Reading topic 1', 'readers')
  const followed = { people: 0, scanned: 0 }
  for (const [at, { id, does, link }] of chosen.entries()) {
    const links = await readLinks(deps, id)
    const [first] = links
    if (first !== undefined) {
      clock.goTo(ROUND_DAYS.introduced * (1 - at / chosen.length))
      if (does === 'scans') await Promise.all(links.map((one) => follow(url, one)))
      else await follow(url, links[link % links.length] ?? first)
      followed[does === 'scans' ? 'scanned' : 'people']++
    }
    bar.update(at + 1, chosen.length)
  }
  return followed
}

/** The same for the same reader, in every run. */
function planOf(address: string): { does: 'nothing' | 'reads' | 'scans'; link: number } {
  const octets = createHash('sha256').update(`reads ${address}`).digest()
  const thrown = octets.readUInt32BE(0) % 100
  const does = thrown < READER_PERCENT ? 'reads' : thrown < READER_PERCENT + SCANNER_PERCENT ? 'scans' : 'nothing'
  return { does, link: octets.readUInt32BE(4) % 1000 }
}

/** The redirects of a message, as paths; of one that is no topic none. */
async function readLinks(deps: Deps, id: number): Promise<string[]> {
  const { html = '' } = await getCaught(deps, { id })
  return [...new Set([...html.matchAll(/https?:\/\/[^/"]+(\/t\/[a-z2-7]+\/[a-z2-7]+)"/g)].map(([, path = '']) => path))]
}

async function follow(url: string, path: string): Promise<void> {
  const answer = await fetch(url + path, { redirect: 'manual', headers: { 'user-agent': BROWSER } })
  if (answer.status !== 302) throw new Error(`${path} answered ${answer.status}`)
}
