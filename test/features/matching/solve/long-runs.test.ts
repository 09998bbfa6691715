import { describe, expect, test } from 'vitest'
import { solveProblemBy } from '../../../../src/features/matching/solve/solve-problem.ts'
import { lasting, peopleFrom, problemFor, problemOf, runTilesBackwards } from './problems.ts'

/** With two best partners of everybody to begin with, even few people take many rounds. */
const ROUNDS = { tier: 'stored', candidates: 2 } as const

describe('a run that goes on', () => {
  test.each([
    ['pairs of all, by the total', problemFor(180, { policy: 'total' }, 7)],
    ['a large country, by the floor', problemOf(peopleFrom({ AU: 90, GB: 40, FR: 10 }))],
  ])('from any of its rounds has the same result: %s', async (_, problem) => {
    const kept: Uint8Array[] = []
    const rounds: number[] = []
    const whole = await solveProblemBy({ ...ROUNDS, few: 1000 }, problem, {
      threads: 1,
      async checkpoint(round, content) {
        rounds.push(round)
        kept.push(Buffer.from(content))
      },
    })
    expect(whole.proven_optimal).toBe(true)
    expect(rounds).toEqual(whole.rounds.map(({ round }) => round))
    expect(rounds.length).toBeGreaterThan(3)
    for (const resume of kept) {
      expect(lasting(await solveProblemBy({ ...ROUNDS, few: 1000 }, problem, { resume, threads: 1 }))).toEqual(
        lasting(whole),
      )
    }
    const [first] = kept as [Uint8Array]
    expect(lasting(await solveProblemBy(ROUNDS, problem, { resume: first, threads: 2 }))).toEqual(lasting(whole))
  })

  test('asks tile workers the same questions under the same numbers', async () => {
    const problem = problemFor(120, { policy: 'total' }, 3)
    const before = runTilesBackwards(problem)
    const kept: Uint8Array[] = []
    const ways = { tier: 'tiles', candidates: 2, few: 1000 } as const
    const whole = await solveProblemBy(ways, problem, {
      tiles: before,
      checkpoint: async (_, content) => void kept.push(Buffer.from(content)),
    })
    const after = runTilesBackwards(problem)
    const resume = kept[1] as Uint8Array
    expect(lasting(await solveProblemBy(ways, problem, { tiles: after, resume }))).toEqual(lasting(whole))
    expect(after.questions.size).toBeGreaterThan(0)
    expect(after.questions.size).toBeLessThan(before.questions.size)
    for (const [cycle, question] of after.questions) expect(before.questions.get(cycle)).toEqual(question)
  })

  test('waits for a checkpoint to be kept, and fails with it', async () => {
    let isKept = true
    const slowly = async () => {
      expect(isKept).toBe(true)
      isKept = false
      await new Promise((done) => setImmediate(done))
      isKept = true
    }
    const problem = problemFor(120)
    await solveProblemBy({ ...ROUNDS, few: 0 }, problem, { checkpoint: slowly, threads: 1 })
    const full = new Error('The disk is full')
    const failing = solveProblemBy({ ...ROUNDS, few: 0 }, problem, {
      checkpoint: () => Promise.reject(full),
      threads: 1,
    })
    await expect(failing).rejects.toBe(full)
  })

  test('stops at a gap that will do, and says that it is not proven', async () => {
    const problem = problemFor(180, { policy: 'total' }, 7)
    const ways = { ...ROUNDS, few: 1000 }
    const exact = await solveProblemBy(ways, problem, { threads: 1 })
    const near = await solveProblemBy(ways, problem, { threads: 1, gap: 0.01 })
    expect(near.proven_optimal).toBe(false)
    expect(near.gap).toBeGreaterThan(0)
    expect(near.gap).toBeLessThanOrEqual(0.01)
    expect(near.rounds.length).toBeLessThan(exact.rounds.length)
    expect(near.cardinality).toBe(exact.cardinality)
    expect(near.objective).toBeLessThanOrEqual(exact.objective)
    expect(near.objective * (1 + near.gap)).toBeGreaterThanOrEqual(exact.objective)
  })
})

describe('whoever waits', () => {
  test('is told of progress, forwards only, to the end', async () => {
    const told: number[] = []
    await solveProblemBy({ ...ROUNDS, few: 0 }, problemFor(120), {
      threads: 1,
      progress(done, total) {
        expect(total).toBe(100)
        told.push(done)
      },
    })
    expect(told).toEqual([...new Set(told)].toSorted((a, b) => a - b))
    expect(told.length).toBeGreaterThan(4)
    expect(told.at(-1)).toBe(100)
  })

  test.each(['graph', 'stored', 'tiles'] as const)(
    'may end it at any moment, and is never blocked: %s',
    async (tier) => {
      const stopping = new AbortController()
      const running = solveProblemBy({ tier }, problemFor(1500), {
        signal: stopping.signal,
        threads: 1,
        progress: () => stopping.abort('enough'),
      })
      await expect(running).rejects.toBe('enough')
      await expect(solveProblemBy({ tier }, problemFor(3), { signal: stopping.signal })).rejects.toBe('enough')
    },
  )

  test('is told what a tile worker’s failure was', async () => {
    const failing = { ask: () => Promise.reject(new Error('No worker is left')) }
    await expect(solveProblemBy({ tier: 'tiles', few: 0 }, problemFor(30), { tiles: failing })).rejects.toThrow(
      'No worker is left',
    )
  })
})
