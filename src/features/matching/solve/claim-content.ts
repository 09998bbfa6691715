import type { Barrier, Claim, ProofBlossom } from '../../../lib/weighted-matching/index.ts'
import type { Content } from './bytes.ts'

/** A claim with its proof in columns, for those who check it elsewhere. */
export function claimToContent({ mate, cardinality, total, worst, proof }: Claim): Content {
  const { duals, exposure, blossoms, barrier, floor, highest } = proof
  return {
    head: {
      cardinality,
      total,
      worst,
      exposure,
      highest,
      parts: barrier.parts,
      floor: floor && { worst: floor.worst, parts: floor.barrier.parts },
    },
    columns: {
      mate,
      duals,
      ...blossomColumns(blossoms),
      inner: Int32Array.from(barrier.inner),
      part: barrier.part,
      ...(floor ? { floorInner: Int32Array.from(floor.barrier.inner), floorPart: floor.barrier.part } : {}),
    },
  }
}

export function claimOfContent({ head, columns }: Content): Claim {
  const floor = head.floor as { worst: number; parts: number } | undefined
  return {
    mate: columns.mate as Int32Array,
    cardinality: head.cardinality as number,
    total: head.total as number,
    worst: head.worst as number | undefined,
    proof: {
      duals: columns.duals as Float64Array,
      exposure: head.exposure as number,
      blossoms: blossomsOf(columns as ReturnType<typeof blossomColumns>),
      barrier: barrierOf(columns.inner, columns.part, head.parts as number),
      ...(floor
        ? { floor: { worst: floor.worst, barrier: barrierOf(columns.floorInner, columns.floorPart, floor.parts) } }
        : {}),
      ...(head.highest === undefined ? {} : { highest: head.highest as number }),
    },
  }
}

function blossomColumns(blossoms: readonly ProofBlossom[]) {
  return {
    blossomDuals: Float64Array.from(blossoms, ({ dual }) => dual),
    sizes: Int32Array.from(blossoms, ({ members }) => members.length),
    members: Int32Array.from(blossoms.flatMap(({ members }) => members)),
  }
}

function blossomsOf({ blossomDuals, sizes, members }: ReturnType<typeof blossomColumns>): ProofBlossom[] {
  let from = 0
  return Array.from(sizes, (size, number): ProofBlossom => {
    from += size
    return { dual: blossomDuals[number] as number, members: [...members.subarray(from - size, from)] }
  })
}

function barrierOf(inner: unknown, part: unknown, parts: number): Barrier {
  return { inner: [...(inner as Int32Array)], part: part as Int32Array, parts }
}
