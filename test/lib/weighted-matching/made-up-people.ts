// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
import type { EachPair, PairSource, Pairs, Pricing } from '../../../src/lib/weighted-matching/index.ts'
import { violationOf } from '../../../src/lib/weighted-matching/index.ts'
import { openRandom } from './random.ts'

/** People on a map of interests, each from a country: the nearer, the better, but never of one country. */
export interface People {
  n: number
  country: Uint8Array
  x: Int16Array
  y: Int16Array
}

/**
 * In the order of their countries, which makes long rows of pairs that are allowed or not, and so twice as fast.
 * @param shares of the countries, the first ones; the last takes who remains
 */
export function madeUpPeople(n: number, shares: readonly number[], seed = 1): People {
  const random = openRandom(seed)
  const people = { n, country: new Uint8Array(n).fill(shares.length), x: new Int16Array(n), y: new Int16Array(n) }
  let from = 0
  for (const [country, share] of shares.entries()) {
    const to = from + Math.round(share * n)
    people.country.fill(country, from, to)
    from = to
  }
  for (let v = 0; v < n; v++) {
    people.x[v] = random() * 4000
    people.y[v] = random() * 4000
  }
  return people
}

/** Scores of i with each j > i, at j; below 0: not allowed. */
function scoreRow({ n, country, x, y }: People, i: number, scores: Int32Array): void {
  const own = country[i]!
  const ownX = x[i]!
  const ownY = y[i]!
  for (let j = i + 1; j < n; j++) {
    scores[j] = country[j] === own ? -1 : scoreAt(ownX, ownY, x[j]!, y[j]!)
  }
}

export function eachPairOf(people: People): EachPair {
  return (visit) => {
    const scores = new Int32Array(people.n)
    for (let i = 0; i < people.n; i++) {
      scoreRow(people, i, scores)
      for (let j = i + 1; j < people.n; j++) if (scores[j]! >= 0) visit(i, j, scores[j]!)
    }
  }
}

export function allPairsOf(people: People): Pairs {
  const keys: number[] = []
  eachPairOf(people)((a, b) => keys.push(a * people.n + b))
  return pairsOf(people, keys)
}

/** Pairs by keys a·n + b, ascending, each once. */
function pairsOf(people: People, keys: ArrayLike<number>): Pairs {
  const { n, x, y } = people
  const a = Int32Array.from(keys, (key) => key / n)
  const b = Int32Array.from(keys, (key) => key % n)
  const weight = a.map((v, i) => scoreAt(x[v]!, y[v]!, x[b[i]!]!, y[b[i]!]!))
  return { count: keys.length, a, b, weight }
}

const scoreAt = (x: number, y: number, otherX: number, otherY: number) =>
  10_000 - Math.abs(x - otherX) - Math.abs(y - otherY)

/** A source that computes every score whenever it is asked. */
export function sourceOf(people: People): PairSource {
  const { n } = people
  const scores = new Int32Array(n)
  return {
    n,
    async bestPairs(count, atLeast) {
      const best = openBest(n, count)
      const { least } = best
      for (let i = 0; i < n; i++) {
        scoreRow(people, i, scores)
        for (let j = i + 1; j < n; j++) {
          const score = scores[j]!
          if (score < 0 || score < atLeast || (score < least[i]! && score < least[j]!)) continue
          best.add(i, j, score)
        }
      }
      return pairsOf(people, best.keys())
    },
    async price(pricing, most) {
      const best = openBest(n, most)
      const worst = new Float64Array(n)
      let count = 0
      const take = (a: number, b: number, score: number) => {
        const violation = violationOf(pricing, a, b, score)
        if (violation <= 0) return
        count++
        worst[a] = Math.max(worst[a]!, violation)
        worst[b] = Math.max(worst[b]!, violation)
        best.add(a, b, pricing.weigh === 'one' ? score : violation)
      }
      for (let i = 0; i < n; i++) {
        scoreRow(people, i, scores)
        priceRow(pricing, i, scores, take)
      }
      return { pairs: pairsOf(people, best.keys()), count, worst }
    },
  }
}

/** Calls back for the pairs of one row that may be violated. What scores themselves weigh is most of the work. */
function priceRow(
  { duals, atLeast, weigh }: Pricing,
  i: number,
  scores: Int32Array,
  take: (a: number, b: number, score: number) => void,
): void {
  const least = Math.max(0, atLeast)
  const own = duals[i]!
  const n = duals.length
  if (weigh === 'score') {
    for (let j = i + 1; j < n; j++) if (4 * scores[j]! > own + duals[j]! && scores[j]! >= least) take(i, j, scores[j]!)
  } else if (weigh === 'one') {
    for (let j = i + 1; j < n; j++) if (own + duals[j]! < 4 && scores[j]! >= least) take(i, j, scores[j]!)
  } else {
    for (let j = i + 1; j < n; j++) if (scores[j]! >= least) take(i, j, scores[j]!)
  }
}

const HASHES = 2 ** 10
const PEOPLE = 2 ** 20
const RANKS = 2 ** 22

/**
 * The best of everybody by rank, ties by a hash: rank, hash and partner in one number. A list grows to twice its size
 * before its worse half is dropped; what is below `least` cannot come into it any more.
 */
function openBest(n: number, keep: number) {
  const room = 2 * keep
  const entries = new Float64Array(n * room)
  const counts = new Int32Array(n)
  const least = new Float64Array(n).fill(Number.NEGATIVE_INFINITY)
  const put = (v: number, partner: number, rank: number, hash: number) => {
    if (rank < least[v]!) return
    entries[v * room + counts[v]!] = (rank * HASHES + hash) * PEOPLE + partner
    if (++counts[v]! < room) return
    const list = entries.subarray(v * room, (v + 1) * room).sort()
    list.copyWithin(0, keep)
    counts[v] = keep
    least[v] = Math.floor(list[0]! / (HASHES * PEOPLE))
  }
  return {
    least,
    add(a: number, b: number, rank: number) {
      const hash = (Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b)) >>> 22
      const bounded = Math.min(rank, RANKS - 1)
      put(a, b, bounded, hash)
      put(b, a, bounded, hash)
    },
    /** The pairs of all lists, as a·n + b with a < b, ascending. */
    keys(): Float64Array {
      const keys = new Set<number>()
      for (let v = 0; v < n; v++) {
        const list = entries.subarray(v * room, v * room + counts[v]!).sort()
        for (const entry of list.subarray(Math.max(0, list.length - keep))) {
          const partner = entry % PEOPLE
          keys.add(Math.min(v, partner) * n + Math.max(v, partner))
        }
      }
      return Float64Array.from(keys).sort()
    },
  }
}
