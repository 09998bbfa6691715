// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
import { sharedDual } from './blossoms.ts'
import type { ColumnState, RoundFindings } from './column-state.ts'
import { appendColumns } from './columns.ts'
import { openForest } from './forest.ts'
import { type Graph, graphOf, type Pairs } from './graph.ts'
import { matchGreedily } from './initial-duals.ts'
import { type Matching, openMatching } from './matching.ts'
import { optimise } from './optimise.ts'
import type { PairSource, Pricing } from './pair-source.ts'
import { pairsFrom, shortfallsOf } from './policy.ts'
import { dualValueOf, proofBlossomsOf } from './proof.ts'
import { startMatching } from './start.ts'
import { raiseDual } from './warm-start.ts'

/**
 * Can the sum be greater? Solves the graph as it is now, from where the round before left off, and holds its duals
 * against all pairs. The value of the duals, with each raised by half of its vertex's worst violation, bounds every
 * matching.
 */
export async function askWeight(
  source: PairSource,
  state: ColumnState,
  most: number,
  enough: number,
): Promise<RoundFindings> {
  const { columns } = state
  const matching = solveGraph(state)
  const { pairs, count, worst } = await source.price(pricingOf(state, matching), most)
  const objective = dualValueOf(matching)
  const missing = worst.reduce((sum, violation) => sum + violation / 2, 0) / 4
  const gap = missing / Math.max(1, Math.abs(objective))
  if (count === 0 || gap <= enough) state.phase = 'done'
  else appendColumns(columns, pairs)
  return { phase: 'weight', violated: count, added: state.phase === 'done' ? 0 : pairs.count, objective, gap }
}

function solveGraph(state: ColumnState): Matching {
  const { columns, mate } = state
  const graph = weightGraph(state)
  const deficiency = mate.reduce((left, partner) => left + (partner < 0 ? 1 : 0), 0)
  if (state.matching === undefined) {
    state.matching = openMatching(graph)
    startMatching(state.matching, deficiency)
  } else {
    state.matching.graph = graph
    admit(state, state.matching)
    matchGreedily(state.matching)
  }
  optimise(state.matching, openForest(state.matching), deficiency)
  state.admitted = columns.count
  return state.matching
}

/**
 * Makes room for the new columns: where one is violated, the dual of an end is raised. Rather of one that is exposed
 * anyway, else of the one that has more new columns; so fewer pairs are parted.
 */
function admit(state: ColumnState, matching: Matching): void {
  const { n, columns, admitted } = state
  const { mate, top, dual } = matching
  const news = new Int32Array(n)
  for (let i = admitted; i < columns.count; i++) {
    news[columns.a[i]!]!++
    news[columns.b[i]!]!++
  }
  const isAlone = (v: number) => mate[v]! < 0 && top[v] === v
  const { weight } = weighed(state)
  for (let i = admitted; i < columns.count; i++) {
    const a = columns.a[i]!
    const b = columns.b[i]!
    const over = 4 * weight[i]! - dual[a]! - dual[b]! - sharedDual(matching, a, b)
    if (over <= 0) continue
    if (isAlone(a)) raiseDual(matching, a, over)
    else if (isAlone(b)) raiseDual(matching, b, over)
    else raiseDual(matching, news[a]! >= news[b]! ? a : b, over)
  }
}

/** The graph of the columns; those below the floor came before it was known. */
export function weightGraph(state: ColumnState): Graph {
  const { n, columns, floor } = state
  return graphOf(n, floor === undefined ? weighed(state) : pairsFrom(columns, floor.good))
}

function weighed({ columns, policy, highest }: ColumnState): Pairs {
  return policy === 'balanced' ? shortfallsOf(columns, highest) : columns
}

function pricingOf({ n, policy, highest, floor }: ColumnState, matching: Matching): Pricing {
  const blossoms = proofBlossomsOf(matching)
  const around = new Int32Array(n + blossoms.length).fill(-1)
  blossoms.forEach(({ members }, i) => {
    for (const member of members) around[member] = n + i
  })
  return {
    duals: matching.dual.slice(),
    around,
    blossomDuals: Float64Array.from(blossoms, ({ dual }) => dual),
    atLeast: floor?.good ?? Number.NEGATIVE_INFINITY,
    weigh: policy === 'balanced' ? 'distance' : 'score',
    highest: policy === 'balanced' ? highest : 0,
  }
}
