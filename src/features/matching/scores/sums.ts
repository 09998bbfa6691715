/**
 * The loops over a block of people that a row of scores is made of. Each only reads typed arrays, of the same kinds at
 * every call, so that it is compiled once and takes a few instructions a person. `sums` begin at the block, `counts` at
 * its first person rounded down to a multiple of 4, the other arrays at person 0.
 */

/** Units by class of person: those that scores of one person get, at whom the term is aimed. */
export interface ClassTerm {
  of: Uint32Array
  units: Int32Array
}

/** Units by how many choices are counted in common: at `offsets[j] + count`. */
export interface CountTerm {
  offsets: Int32Array
  counts: Uint8Array
  units: Int32Array
}

/** Adds what the classes of people give. */
export function addByClass(sums: Int32Array, begin: number, end: number, { of, units }: ClassTerm): void {
  for (let j = begin; j < end; j++) {
    sums[j - begin] = (sums[j - begin] as number) + (units[of[j] as number] as number)
  }
}

/** Adds what counts give. */
export function addByCount(sums: Int32Array, begin: number, end: number, term: CountTerm): void {
  const { offsets, counts, units } = term
  const back = begin - (begin % 4)
  for (let j = begin; j < end; j++) {
    const give = units[(offsets[j] as number) + (counts[j - back] as number)] as number
    sums[j - begin] = (sums[j - begin] as number) + give
  }
}

/**
 * Adds what nearly every hierarchy has, two terms by class and one by count, and writes whole basis points: in one loop,
 * as reading and writing sums in between would cost as much as the terms do. @param to where `begin` is written
 */
export function writeScores(
  sums: Int32Array,
  begin: number,
  end: number,
  one: ClassTerm,
  two: ClassTerm,
  common: CountTerm,
  out: Uint16Array,
  to: number,
): void {
  const { of: oneOf, units: oneUnits } = one
  const { of: twoOf, units: twoUnits } = two
  const { offsets, counts, units } = common
  const back = begin - (begin % 4)
  const shift = to - begin
  // 16 is UNIT_BITS, written out: a constant of another module would be read anew for every pair.
  for (let j = begin; j < end; j++) {
    const byClass = (oneUnits[oneOf[j] as number] as number) + (twoUnits[twoOf[j] as number] as number)
    const byCount = units[(offsets[j] as number) + (counts[j - back] as number)] as number
    out[j + shift] = ((sums[j - begin] as number) + byClass + byCount) >> 16
  }
}
