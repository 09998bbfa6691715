// biome-ignore-all lint/style/noNonNullAssertion: every index is checked before it is used
import type { Barrier } from './barrier.ts'
import type { Proof, ProofBlossom } from './proof.ts'

/**
 * Checks that a matching is the optimum it claims to be. It shares no code with the solver and believes nothing but
 * the list of allowed pairs, which it is shown one by one in any order; so it also serves instances too large to be
 * stored.
 *
 * Three short arguments, each complete:
 *
 * - **As many as can be** (Tutte 1947, Berge 1958). Without the people of A (`inner`), the odd parts have no pairs to
 *   each other or elsewhere; each needs one of A, or leaves somebody over. So at least parts - |A| are left over by
 *   anybody.
 * - **No better worst pair.** The same for the pairs above the worst, which leave over more.
 * - **The greatest weight among these** (Edmonds 1965; weak duality). Every pair weighs at most (u(a) + u(b) + Σ z)/4.
 *   A matching has at most (|B| - 1)/2 pairs within an odd B; it leaves over exactly `left` people, and each has u ≥
 *   λ. So it weighs at most (Σ u - λ·left + Σ z·(|B| - 1)/2)/4, and this one weighs exactly that.
 */
export interface Claim {
  mate: Int32Array
  cardinality: number
  /** Σ of the scores of the pairs, and the least of them */
  total: number
  worst?: number | undefined
  proof: Proof
}

export type Verdict = { ok: true } | { ok: false; fault: string }

/** Every allowed pair once, a and b in either order. */
export type EachPair = (visit: (a: number, b: number, score: number) => void) => void

/** The whole check, where the pairs can be gone through in one piece. */
export function checkCertificate(claim: Claim, eachPair: EachPair): Verdict {
  const check = beginCheck(claim)
  eachPair(check.pair)
  return check.verdict()
}

export interface Check {
  pair(a: number, b: number, score: number): void
  verdict(): Verdict
}

/** The check in steps: show it every allowed pair, then ask. The first fault found is the one told. */
export function beginCheck(claim: Claim): Check {
  const { mate, proof } = claim
  const { duals, highest, floor } = proof
  const n = mate.length
  const left = n - 2 * claim.cardinality
  let fault = faultOfMates(claim) ?? faultOfDuals(proof, n, left)
  const nest = fault === undefined ? nestOf(proof.blossoms, n) : undefined
  fault ??= nest?.fault
  const barrier = openBarrier(proof.barrier, n)
  const floorBarrier = floor && openBarrier(floor.barrier, n)
  fault ??= barrier.fault ?? floorBarrier?.fault
  /** Score of the pair of each person, at the lower number of the two */
  const found = new Float64Array(n).fill(Number.NEGATIVE_INFINITY)

  return {
    pair(a, b, score) {
      if (fault !== undefined) return
      if (!(a >= 0 && a < n && b >= 0 && b < n) || a === b || !Number.isInteger(score)) {
        fault = `The pair ${a}, ${b} with ${score} cannot be.`
        return
      }
      if (mate[a] === b) found[Math.min(a, b)] = Math.max(found[Math.min(a, b)]!, score)
      if (barrier.crosses(a, b)) fault ??= `The pair ${a}, ${b} crosses the barrier.`
      if (floor && score > floor.worst && floorBarrier?.crosses(a, b))
        fault ??= `The pair ${a}, ${b} crosses the barrier of the floor.`
      if (floor && score < floor.worst) return
      const weight = highest === undefined ? score : -((highest - score) ** 2)
      const over = 4 * weight - duals[a]! - duals[b]!
      if (over > 0 && over > nest!.shared(a, b)) fault ??= `The pair ${a}, ${b} is worth more than its duals.`
    },

    verdict() {
      fault ??=
        barrier.proves >= left || left === 0
          ? undefined
          : `The barrier proves ${barrier.proves} left over, not ${left}.`
      if (floorBarrier && floorBarrier.proves <= left) fault ??= 'The barrier of the floor does not prove it.'
      fault ??= faultOfValue(claim, found, nest!.bound, left)
      fault ??= nest!.faultOfFilling(mate)
      return fault === undefined ? { ok: true } : { ok: false, fault }
    },
  }
}

function faultOfMates({ mate, cardinality }: Claim): string | undefined {
  let matched = 0
  for (const [v, w] of mate.entries()) {
    if (w === -1) continue
    if (w === v || mate[w] !== v) return `${v} is given ${w}, who is not given ${v}.`
    matched++
  }
  return matched === 2 * cardinality ? undefined : `${matched} are matched, which is not ${cardinality} pairs.`
}

function faultOfDuals({ duals, exposure }: Proof, n: number, left: number): string | undefined {
  if (duals.length !== n) return `There are ${duals.length} duals for ${n}.`
  for (const [v, dual] of duals.entries()) {
    if (!Number.isInteger(dual)) return `The dual of ${v} is not an integer.`
    if (left > 0 && dual < exposure) return `The dual of ${v} is below that of being left over.`
  }
  return left === 0 || Number.isInteger(exposure) ? undefined : 'The dual of being left over is not an integer.'
}

/** The worth of the matching by the pairs shown, held against what is claimed and against the bound by the duals. */
function faultOfValue(claim: Claim, found: Float64Array, ofBlossoms: number, left: number): string | undefined {
  const { mate, proof } = claim
  let total = 0
  let weight = 0
  let worst = Number.POSITIVE_INFINITY
  let bound = ofBlossoms - (left > 0 ? left * proof.exposure : 0)
  for (const [v, w] of mate.entries()) {
    bound += proof.duals[v]!
    if (w < v) continue
    const score = found[v]!
    if (score === Number.NEGATIVE_INFINITY) return `${v} and ${w} are not allowed.`
    total += score
    weight += proof.highest === undefined ? score : -((proof.highest - score) ** 2)
    worst = Math.min(worst, score)
  }
  if (total !== claim.total) return `The total is ${total}, not ${claim.total}.`
  if (claim.worst !== undefined && worst !== claim.worst) return `The worst pair has ${worst}, not ${claim.worst}.`
  if (proof.floor && worst !== proof.floor.worst) return `The worst pair has ${worst}, not ${proof.floor.worst}.`
  if (4 * weight !== bound) return `The matching is worth ${weight}, its duals ${bound / 4}.`
  return undefined
}

/** How many a barrier proves left over, and whether a pair contradicts it. */
function openBarrier({ inner, part, parts }: Barrier, n: number) {
  const isInner = new Uint8Array(n)
  for (const v of inner) isInner[v] = 1
  const size = new Int32Array(parts)
  let fault = part.length === n ? undefined : 'A barrier does not tell of everybody.'
  for (const [v, number] of part.entries()) {
    if (number < -1 || number >= parts || (number >= 0 && isInner[v]))
      fault ??= `The barrier has no part ${number} for ${v}.`
    if (number >= 0) size[number]!++
  }
  if (size.some((count) => count % 2 === 0)) fault ??= 'A part of the barrier is not odd.'
  return {
    fault,
    proves: parts - new Set(inner).size,
    crosses: (a: number, b: number) => part[a] !== part[b] && !isInner[a] && !isInner[b],
  }
}

/** The blossoms as a forest: each lies in at most one other, is odd, has z ≥ 0. */
function nestOf(blossoms: readonly ProofBlossom[], n: number) {
  const around = new Int32Array(n + blossoms.length).fill(-1)
  const size = new Int32Array(n + blossoms.length).fill(1, 0, n)
  let fault: string | undefined
  let bound = 0
  blossoms.forEach(({ dual, members }, i) => {
    for (const member of members) {
      if (!(member >= 0 && member < n + i) || around[member] !== -1)
        fault ??= `Blossom ${i} cannot have the member ${member}.`
      around[member] = n + i
      size[n + i]! += size[member]!
    }
    if (size[n + i]! % 2 === 0 || size[n + i]! < 3)
      fault ??= `Blossom ${i} has ${size[n + i]} people, which is not odd.`
    if (!(Number.isInteger(dual) && dual >= 0)) fault ??= `The dual of blossom ${i} is ${dual}.`
    bound += dual * ((size[n + i]! - 1) / 2)
  })
  /**
   * Calls back for every blossom that holds both. It lies in later ones only, so the earlier of two may go outwards.
   */
  const eachShared = (a: number, b: number, visit: (blossom: number) => void) => {
    let x = around[a]!
    let y = around[b]!
    while (x >= 0 && y >= 0) {
      if (x < y) x = around[x]!
      else if (y < x) y = around[y]!
      else {
        visit(x)
        x = y = around[x]!
      }
    }
  }
  return {
    fault,
    bound,
    /** Σ z of the blossoms that hold both */
    shared(a: number, b: number): number {
      let sum = 0
      eachShared(a, b, (x) => {
        sum += blossoms[x - n]!.dual
      })
      return sum
    },
    /** A blossom with z > 0 must hold (|B| - 1)/2 pairs. */
    faultOfFilling(mate: Int32Array): string | undefined {
      const pairs = new Int32Array(n + blossoms.length)
      for (const [v, w] of mate.entries()) {
        if (w < v) continue
        eachShared(v, w, (x) => {
          pairs[x]!++
        })
      }
      const empty = blossoms.findIndex(({ dual }, i) => dual > 0 && 2 * pairs[n + i]! + 1 !== size[n + i])
      return empty < 0 ? undefined : `Blossom ${empty} is not full.`
    },
  }
}
