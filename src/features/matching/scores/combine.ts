import type { ClassMeasure, CombinedClass } from './profiles.ts'

/** Tables of a combined class are its size squared: beyond this they no longer stay near the processor. */
const LARGEST = 1024

/** People divided into classes 0 … size - 1. */
interface Division {
  size: number
  classOf: Uint16Array | Uint32Array
}

/**
 * Folds class measures into as few combined classes as stay small: each measure joins the one that grows least by it, or
 * begins its own. The first combined class is there even without measures: it tells the stakes apart.
 * @param stakes by person
 */
export function combineClasses(measures: readonly ClassMeasure[], stakes: Uint16Array): CombinedClass[] {
  const largest = Math.min(LARGEST, Math.max(64, stakes.length >> 2))
  const all = { size: 1, classOf: new Uint16Array(stakes.length) }
  const byStake = join({ size: 1 + stakes.reduce((most, stake) => Math.max(most, stake), 0), classOf: stakes }, all)
  const combined: CombinedClass[] = [{ measures: [], ...byStake }]
  for (const [index, measure] of measures.entries()) {
    const joined = combined.map((one) => join(one, measure))
    const best = joined.reduce((least, { size }, at) => (size < (joined[least]?.size ?? 0) ? at : least), 0)
    const [into, found] = [combined[best], joined[best]]
    if (into && found && found.size <= largest) combined[best] = { measures: [...into.measures, index], ...found }
    else combined.push({ measures: [index], ...join(byStake, measure) })
  }
  return combined
}

/** The classes that two divisions make together, numbered as they occur. */
function join(one: Division, two: Division): Omit<CombinedClass, 'measures'> {
  const numbers = new Map<number, number>()
  const classOf = new Uint32Array(one.classOf.length)
  const examples: number[] = []
  for (let person = 0; person < classOf.length; person++) {
    const key = (one.classOf[person] as number) * two.size + (two.classOf[person] as number)
    let number = numbers.get(key)
    if (number === undefined) {
      number = examples.push(person) - 1
      numbers.set(key, number)
    }
    classOf[person] = number
  }
  return { size: examples.length, classOf, examples: Uint32Array.from(examples) }
}
