// biome-ignore-all lint/style/noNonNullAssertion: every index is within its array by construction
import type { Barrier } from './barrier.ts'
import type { ColumnState } from './column-state.ts'
import { columnsOf } from './columns.ts'
import { graphOf } from './graph.ts'
import { type Cycle, type Matching, openMatching } from './matching.ts'
import { type NamedColumns, packColumns, unpackColumns } from './pack-columns.ts'
import type { Policy } from './policy.ts'

const VERSION = 1

/** The state between two rounds as bytes. */
export function snapshotOf(state: ColumnState): Uint8Array {
  const { n, policy, phase, rounds, columns, highest, mate, barrier, floor, floorTries, admitted, matching } = state
  const { a, b, weight } = columnsOf(columns)
  const head: Head = {
    version: VERSION,
    n,
    policy,
    phase,
    rounds,
    highest,
    floorTries,
    admitted,
    ...(barrier && { parts: barrier.parts }),
    ...(floor && { floor: { good: floor.good, bad: floor.bad, parts: floor.barrier.parts } }),
    ...(matching && { counts: matching.counts }),
  }
  return packColumns(head, {
    a,
    b,
    weight,
    mate,
    ...(barrier && columnsOfBarrier('barrier', barrier)),
    ...(floor && columnsOfBarrier('floor', floor.barrier)),
    ...(matching && columnsOfMatching(matching)),
  })
}

type Head = Pick<ColumnState, 'n' | 'policy' | 'phase' | 'rounds' | 'highest' | 'floorTries' | 'admitted'> & {
  version: number
  parts?: number
  floor?: { good: number; bad: number; parts: number }
  counts?: Matching['counts']
}

/** @throws RangeError when the bytes are not a snapshot of this version for so many people and this policy */
export function restoreState(bytes: Uint8Array, n: number, policy: Policy): ColumnState {
  const { head, columns } = unpackColumns(bytes)
  const { version, parts, floor, counts, ...rest } = head as Head
  if (version !== VERSION || rest.n !== n || rest.policy !== policy) {
    throw new RangeError(`The snapshot is of version ${version}, ${rest.n} people and policy ${rest.policy}.`)
  }
  const ints = (name: string) => columns[name] as Int32Array
  const doubles = (name: string) => columns[name] as Float64Array
  const barrierFrom = (name: string, count: number): Barrier => ({
    inner: [...ints(`${name}Inner`)],
    part: ints(`${name}Part`),
    parts: count,
  })
  return {
    ...rest,
    columns: { count: ints('a').length, a: ints('a'), b: ints('b'), weight: doubles('weight') },
    mate: ints('mate'),
    ...(parts !== undefined && { barrier: barrierFrom('barrier', parts) }),
    ...(floor && { floor: { good: floor.good, bad: floor.bad, barrier: barrierFrom('floor', floor.parts) } }),
    ...(counts && { matching: matchingFrom(n, counts, ints, doubles) }),
  }
}

function columnsOfBarrier(name: string, { inner, part }: Barrier): NamedColumns {
  return { [`${name}Inner`]: Int32Array.from(inner), [`${name}Part`]: part }
}

function columnsOfMatching(matching: Matching): NamedColumns {
  const { dual, blossomDual, top, parent, base, cycle, spare, exposure } = matching
  const ids: number[] = []
  const rings: Cycle[] = []
  for (const [id, ring] of cycle.entries()) {
    if (ring === null) continue
    ids.push(id)
    rings.push(ring)
  }
  return {
    dual,
    blossomDual,
    // JSON knows no infinity.
    exposure: Float64Array.of(exposure),
    matched: matching.mate,
    top,
    parent,
    base,
    spare: Int32Array.from(spare),
    cycleId: Int32Array.from(ids),
    cycleSize: Int32Array.from(rings, ({ children }) => children.length),
    cycleChild: Int32Array.from(rings.flatMap(({ children }) => children)),
    cycleFrom: Int32Array.from(rings.flatMap(({ from }) => from)),
    cycleTo: Int32Array.from(rings.flatMap(({ to }) => to)),
  }
}

/** Without its graph, which the next round makes from the columns. */
function matchingFrom(
  n: number,
  counts: Matching['counts'],
  ints: (name: string) => Int32Array,
  doubles: (name: string) => Float64Array,
): Matching {
  const none = new Int32Array(0)
  const matching = openMatching(graphOf(n, { count: 0, a: none, b: none, weight: none }))
  Object.assign(matching, {
    mate: ints('matched'),
    dual: doubles('dual'),
    blossomDual: doubles('blossomDual'),
    top: ints('top'),
    parent: ints('parent'),
    base: ints('base'),
    spare: [...ints('spare')],
    exposure: doubles('exposure')[0]!,
    counts,
  })
  let at = 0
  for (const [i, id] of ints('cycleId').entries()) {
    const end = at + ints('cycleSize')[i]!
    const part = (name: string) => [...ints(name).subarray(at, end)]
    matching.cycle[id] = { children: part('cycleChild'), from: part('cycleFrom'), to: part('cycleTo') }
    at = end
  }
  return matching
}
