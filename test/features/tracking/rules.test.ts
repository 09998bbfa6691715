import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CLICK_DEFINITIONS, RULES_VERSION } from '../../../src/features/tracking/index.ts'
import { countHits, findCrowded, findMachine, type Hit } from '../../../src/features/tracking/rules.ts'
import {
  CHROME,
  type Event,
  humanClicks,
  inOrder,
  type Mailing,
  roomClicks,
  SENT,
  scannerTraffic,
  seeded,
} from './traffic.ts'

const mailingOf = (emails: number, links: number): Mailing => ({
  deliveries: Array.from({ length: emails }, (_, at) => at + 1),
  links: Array.from({ length: links }, (_, at) => `link${at}`),
})

/** Human clicks by delivery and link, in a stable order. */
function count(events: readonly Event[], links: number) {
  const hits = inOrder(events)
  const crowded = findCrowded(hits)
  return [...Map.groupBy(hits, ({ delivery_id }) => delivery_id).values()]
    .flatMap((of) => countHits(of, findMachine(of, links, crowded)))
    .filter(({ human }) => human > 0)
    .map(({ delivery_id, link_key, human, first_at }) => ({ delivery_id, link_key, human, first_at }))
    .toSorted((a, b) => a.delivery_id - b.delivery_id || a.link_key.localeCompare(b.link_key))
}
const total = (counts: { human: number }[]) => counts.reduce((sum, { human }) => sum + human, 0)

test.each([1, 2, 3, 8])('1,000 seeded human clicks are all counted, %i links in the message', (links) => {
  for (let seed = 1; seed <= 5; seed++) {
    const humans = humanClicks(seeded(seed), mailingOf(400, links), 1000)
    expect(humans.length).toBeGreaterThanOrEqual(1000)
    expect(total(count(humans, links)), `seed ${seed}`).toBe(humans.length)
  }
})

test.each([1, 2, 3, 8])('seeded scanner traffic changes no human count, %i links in the message', (links) => {
  for (let seed = 1; seed <= 5; seed++) {
    const chance = seeded(seed * 7919)
    const mailing = mailingOf(400, links)
    const humans = humanClicks(chance, mailing, 1000)
    const scanners = scannerTraffic(chance, mailing, humans)
    expect(scanners.length).toBeGreaterThan(humans.length)
    expect(count([...humans, ...scanners], links), `seed ${seed}`).toEqual(count(humans, links))
  }
})

test('property: the order in which hits are handed over changes nothing', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 5 }), (seed, links) => {
      const chance = seeded(seed)
      const mailing = mailingOf(20, links)
      const humans = humanClicks(chance, mailing, 40)
      const hits = inOrder([...humans, ...scannerTraffic(chance, mailing, humans)])
      const mixed = hits.toSorted((a, b) => ((a.id * 7919) % 1009) - ((b.id * 7919) % 1009))
      expect(findCrowded(mixed)).toEqual(findCrowded(hits))
      const crowded = findCrowded(hits)
      expect(findMachine(mixed, links, crowded)).toEqual(findMachine(hits, links, crowded))
    }),
    { numRuns: 50 },
  )
})

test('rooms of twenty people who open the same link within a minute stay people, nearly always', () => {
  let touched = 0
  for (let seed = 1; seed <= 300; seed++) {
    const clicks = roomClicks(seeded(seed), mailingOf(20, 3))
    if (total(count(clicks, 3)) < clicks.length) touched++
  }
  // Twenty people by pure chance: five of them within the same second happens.
  expect(touched / 300).toBeLessThan(0.02)
})

const hit = (seconds: number, link_key: string, more: Partial<Event> = {}): Event => ({
  delivery_id: 1,
  link_key,
  at: SENT + seconds * 1000,
  method: 'GET',
  agent: CHROME,
  network: 'n',
  ...more,
})

const CASES: { what: string; hits: Event[]; links?: number; human: number }[] = [
  { what: 'HEAD alone', hits: [hit(5, 'a', { method: 'HEAD' })], human: 0 },
  {
    what: 'what follows HEAD from the same place in the same session',
    hits: [hit(5, 'a', { method: 'HEAD' }), hit(12, 'a'), hit(20, 'b')],
    human: 0,
  },
  {
    what: 'a reader after a scanner that only looked, from elsewhere',
    hits: [hit(5, 'a', { method: 'HEAD', network: 'cloud' }), hit(6, 'a')],
    human: 1,
  },
  {
    what: 'a reader a minute after HEAD from the same place',
    hits: [hit(5, 'a', { method: 'HEAD' }), hit(65, 'a')],
    human: 1,
  },
  { what: 'three links one a second, half a year later', hits: [1, 2, 3].map((n) => hit(15e6 + n, `l${n}`)), human: 0 },
  { what: 'three links at 3 s', hits: [0, 3, 6].map((n) => hit(n, `l${n}`)), human: 0 },
  { what: 'three links at 4 s', hits: [0, 4, 8].map((n) => hit(n, `l${n}`)), human: 3 },
  { what: 'two of three links at once', hits: [hit(1, 'a'), hit(1, 'b')], human: 2 },
  { what: 'two of two links at once', hits: [hit(1, 'a'), hit(2, 'b')], links: 2, human: 0 },
  {
    what: 'the same link ten times in a second',
    hits: Array.from({ length: 10 }, (_, n) => hit(n / 10, 'a')),
    human: 10,
  },
  {
    what: 'three links within a second, each from another network',
    hits: ['a', 'b', 'c'].map((link, n) => hit(n / 3, link, { network: link })),
    human: 0,
  },
  {
    what: 'a click in the second of a scanner that comes from elsewhere',
    hits: [...['a', 'b', 'c'].map((link, n) => hit(n / 3, link, { network: 'cloud' })), hit(0.5, 'a')],
    human: 1,
  },
  { what: 'no agent', hits: [hit(5, 'a', { agent: '' })], human: 0 },
  { what: 'early alone', hits: [hit(0.1, 'a')], human: 1 },
]
test.each(CASES)('$what: $human of a person', ({ hits, links = 5, human }) => {
  expect(total(count(hits, links))).toBe(human)
})

test('a gateway that follows one link of five emails in a second, or of ten in five, is a machine; of nine in nine it is not', () => {
  const emails = (many: number, every: number) =>
    Array.from({ length: many }, (_, n) => hit(n * every, 'a', { delivery_id: n + 1 }))
  expect(total(count(emails(5, 0.25), 1))).toBe(0)
  expect(total(count(emails(10, 0.5), 1))).toBe(0)
  expect(total(count(emails(9, 1), 1))).toBe(9)
  // The proxy of a mail provider brings many readers.
  const pictures = emails(10, 0.1).map((event) => ({ ...event, link_key: '', agent: 'Mozilla/5.0 GoogleImageProxy' }))
  expect(total(count(pictures, 1))).toBe(10)
})

test('a hundred thousand hits of one email that all come at once are judged, not compared with one another', () => {
  const hits: Hit[] = Array.from({ length: 100_000 }, (_, id) => ({ ...hit(0, 'a'), id, at: new Date(SENT) }))
  const began = process.cpuUsage()
  findMachine(hits, 3, findCrowded(hits))
  // 300 ms on an idle machine; each with each would take minutes.
  expect(process.cpuUsage(began).user / 1000).toBeLessThan(5000)
})

test('the definitions name the version of the rules and where they must be wrong', () => {
  for (const words of Object.values(CLICK_DEFINITIONS)) expect(words).toContain(`version ${RULES_VERSION}.`)
  expect(CLICK_DEFINITIONS.clicks).toContain('Wrong in one way')
  expect(CLICK_DEFINITIONS.opens).toContain('estimate')
})
