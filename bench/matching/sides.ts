import { solveProblem } from '../../src/features/matching/solve/index.ts'
import { graphOf, openSolver, solveMatching } from '../../src/lib/weighted-matching/index.ts'
import { pairsFor, problemFor } from './instance.ts'

/** What runs in a process of its own, so that nothing is warm and memory is its own. Each prints a line of JSON. */
export const SIDES: Record<string, (people: number) => Promise<object>> = {
  /** From the pairs in memory to the matching: the first time in this process, and the best of some. */
  async solver(people) {
    const pairs = pairsFor(people)
    const times: number[] = []
    let total = 0
    for (let run = 0; run < (people > 2000 ? 3 : 12); run++) {
      const began = performance.now()
      total = solveMatching(graphOf(people, pairs)).total
      times.push(performance.now() - began)
    }
    return { first_ms: times[0], best_ms: Math.min(...times), total }
  },

  async npm(people) {
    const { count, a, b, weight } = pairsFor(people)
    const edges = Array.from({ length: count }, (_, at): [number, number, number] => [
      a[at] as number,
      b[at] as number,
      weight[at] as number,
    ])
    const { default: blossom } = await import('edmonds-blossom-fixed')
    const began = performance.now()
    const mate = blossom(edges, true)
    const first_ms = performance.now() - began
    const total = edges.reduce((sum, [one, other, score]) => sum + (mate[one] === other ? score : 0), 0)
    return { first_ms, best_ms: first_ms, total }
  },

  /** All that a run does: scores, reference, solution, certificate over all pairs, reasons for those left over. */
  async whole(people) {
    const problem = problemFor(people)
    const began = performance.now()
    let told = 0
    const result = await solveProblem(problem, {
      progress(done) {
        if (people < 100_000 || done < told + 5) return
        told = done
        console.error(`  ${people}: ${done} %, ${Math.round((performance.now() - began) / 1000)} s`)
      },
      ...(process.env.BENCH_GAP ? { gap: Number(process.env.BENCH_GAP) } : {}),
    })
    const { cardinality, total_score, worst_score, unmatched, greedy, proven_optimal, gap, timings, rounds } = result
    return {
      seconds: (performance.now() - began) / 1000,
      cpu_seconds: process.cpuUsage().user / 1e6,
      peak_mb: process.resourceUsage().maxRSS / 1024,
      figures: { cardinality, total_score, worst_score, unmatched: unmatched.length },
      greedy,
      proven_optimal,
      gap,
      timings,
      rounds: rounds.length,
    }
  },

  /** "What if these two were not paired": the optimum anew after one ban, and the ban lifted again. */
  async ban(people) {
    const solver = openSolver(graphOf(people, pairsFor(people)))
    const times: number[] = []
    for (let at = 0; at < 300; at++) {
      const a = (at * 37) % people
      const b = solver.solution().mate[a] as number
      const began = performance.now()
      solver.ban(a, b)
      times.push(performance.now() - began)
      solver.allow(a, b)
    }
    times.sort((one, other) => one - other)
    return { median_ms: times[150], p95_ms: times[285], most_ms: times.at(-1) }
  },
}
