// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
import { expect, test } from 'vitest'
import {
  type ColumnSolution,
  checkCertificate,
  type PairSource,
  type Policy,
  type RoundReport,
  solveByColumns,
  solveByPolicy,
} from '../../../src/lib/weighted-matching/index.ts'
import { allPairsOf, eachPairOf, madeUpPeople, type People, sourceOf } from './made-up-people.ts'

const POLICIES: Policy[] = ['floor', 'total', 'balanced']

/** Shares of the countries: several, two, one over half, three odd ones that may not mix, nobody allowed. */
const WORLDS = [[0.2, 0.2, 0.1], [0.5], [0.6, 0.2], [0.9], [0.34, 0.33], [1], []]

function peopleOf(number: number): People {
  const people = madeUpPeople((number * 37) % 91, WORLDS[number % WORLDS.length]!, number)
  // A small map: many pairs of equal score.
  return number % 5 === 0 ? { ...people, x: people.x.map((x) => x / 400), y: people.y.fill(0) } : people
}

/** So few candidates that the graph cannot hold what is needed, and much must be priced. */
const candidatesOf = (number: number) => 1 + (number % 4)

test.each(POLICIES)(
  '%s: column generation has the optimum of all pairs, with a proof over all pairs',
  async (policy) => {
    let asked = 0
    for (let number = 1; number <= 105; number++) {
      const people = peopleOf(number)
      const solution = await solveByColumns(sourceOf(people), { policy, candidates: candidatesOf(number) })
      const { cardinality, objective, worst } = solveByPolicy(people.n, allPairsOf(people), policy)
      expect(solution).toMatchObject({ cardinality, objective, dual: objective, proven: true, gap: 0 })
      if (policy === 'floor') expect(solution.worst).toBe(worst)
      expect(checkCertificate(solution, eachPairOf(people))).toEqual({ ok: true })
      asked += solution.rounds.reduce((sum, { added }) => sum + added, 0)
    }
    expect(asked).toBeGreaterThan(100)
  },
)

/** Everything is priced in one list, so a missing pair cannot hide behind others. */
test('a deficiency of more than one is believed only when no pair speaks against it', async () => {
  const people = madeUpPeople(300, [0.6, 0.1], 3)
  const rounds: RoundReport[] = []
  const solution = await solveByColumns(sourceOf(people), {
    policy: 'total',
    candidates: 1,
    onRound: (round) => void rounds.push(round),
  })
  const whole = solveByPolicy(people.n, allPairsOf(people), 'total')
  expect(people.n - 2 * whole.cardinality).toBeGreaterThan(20)
  expect(solution).toMatchObject({ cardinality: whole.cardinality, total: whole.total })
  expect(rounds.filter(({ phase }) => phase === 'cardinality').length).toBeGreaterThan(1)
  expect(rounds.find(({ phase }) => phase === 'cardinality')!.added).toBeGreaterThan(0)
  expect(solution.rounds).toEqual(rounds)
})

test('resumed from the snapshot of any round, the result is the same to the last bit', async () => {
  let snapshots = 0
  for (let number = 1; number <= 40; number++) {
    const people = peopleOf(number)
    const policy = POLICIES[number % 3]!
    const kept: Uint8Array[] = []
    const onRound = (_: RoundReport, snapshot: () => Uint8Array) => void kept.push(snapshot())
    const whole = await solveByColumns(sourceOf(people), { policy, candidates: candidatesOf(number), onRound })
    for (const [i, resume] of kept.entries()) {
      const later: Uint8Array[] = []
      const again = await solveByColumns(sourceOf(people), {
        policy,
        resume,
        onRound: (_, snapshot) => void later.push(snapshot()),
      })
      expect(again).toEqual(whole)
      expect(later).toEqual(kept.slice(i + 1))
    }
    snapshots += kept.length
  }
  expect(snapshots).toBeGreaterThan(80)
})

test('a snapshot is refused for other people or another policy', async () => {
  const people = peopleOf(8)
  let bytes = new Uint8Array()
  const onRound = (_: RoundReport, snapshot: () => Uint8Array) => {
    bytes = Uint8Array.from(snapshot())
  }
  await solveByColumns(sourceOf(people), { policy: 'total', candidates: 2, onRound })
  await expect(solveByColumns(sourceOf(people), { policy: 'floor', resume: bytes })).rejects.toThrow(RangeError)
  await expect(solveByColumns(sourceOf(peopleOf(9)), { policy: 'total', resume: bytes })).rejects.toThrow(RangeError)
})

test('it can be stopped at a stated gap, and says what is missing at most', async () => {
  const people = madeUpPeople(400, [0.3, 0.2, 0.1], 5)
  const options = { policy: 'total', candidates: 2 } as const
  const whole = await solveByColumns(sourceOf(people), options)
  const first = whole.rounds.find(({ phase }) => phase === 'weight')!
  expect(first.gap).toBeGreaterThan(0)
  const early = await solveByColumns(sourceOf(people), { ...options, gap: first.gap })
  expect(early).toMatchObject({ proven: false, gap: first.gap, cardinality: whole.cardinality })
  expect(early.total).toBeLessThan(whole.total)
  expect(early.total * (1 + early.gap)).toBeGreaterThanOrEqual(whole.total)
})

test('an aborted signal ends it before the next question, with its reason', async () => {
  const people = peopleOf(3)
  const aborting = new AbortController()
  const onRound = () => aborting.abort(new Error('Cancelled.'))
  const run = solveByColumns(sourceOf(people), { policy: 'floor', candidates: 1, onRound, signal: aborting.signal })
  await expect(run).rejects.toThrow('Cancelled.')
})

test('a source that tells of a violated pair, but not of which, is refused', async () => {
  const source = sourceOf(madeUpPeople(60, [0.6], 1))
  const silent: PairSource = {
    ...source,
    price: async ({ duals }) => {
      const none = new Int32Array(0)
      return { pairs: { count: 0, a: none, b: none, weight: none }, count: 1, worst: duals.map(() => 4) }
    },
  }
  await expect(solveByColumns(silent, { policy: 'total' })).rejects.toThrow('no violated pair')
})

test('however the work was divided, the result is the same', async () => {
  const people = madeUpPeople(200, [0.3, 0.2], 9)
  const later = async <T>(answer: Promise<T>) => {
    await new Promise((done) => setImmediate(done))
    return await answer
  }
  const source = sourceOf(people)
  const slow: PairSource = {
    n: people.n,
    bestPairs: (count, atLeast) => later(source.bestPairs(count, atLeast)),
    price: (pricing, most) => later(source.price(pricing, most)),
  }
  const one = await solveByColumns(source, { policy: 'floor' })
  expect(await solveByColumns(slow, { policy: 'floor' })).toEqual(one)
})

const MANY = 20_000

test('20,000 people, over half of one country: the optimum and its proof in seconds', {
  timeout: 180_000,
}, async () => {
  const people = madeUpPeople(MANY, [0.6, 0.15, 0.1], 1)
  const solution: ColumnSolution = await solveByColumns(sourceOf(people), { policy: 'total' })
  const majority = people.country.reduce((count, country) => count + (country === 0 ? 1 : 0), 0)
  expect(solution).toMatchObject({ cardinality: MANY - majority, proven: true })
  expect(solution.dual).toBe(solution.total)
  expect(solution.proof.barrier.inner.length).toBe(MANY - majority)
  expect(solution.proof.barrier.parts).toBe(majority)
  expect(checkCertificate(solution, eachPairOf(people))).toEqual({ ok: true })
  // What the solver did, not how long it took.
  expect(solution.counts.searchScans).toBeLessThan(150_000)
  expect(solution.counts.pushes).toBeLessThan(150_000)
})
