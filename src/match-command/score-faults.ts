import { InvalidInput } from '../lib/errors.ts'

const MOST_SHOWN = 10

/** What is wrong with a scores file, by its lines: the first ten are said, the others counted. */
export interface ScoreFaults {
  note(line: number, message: string): void
  /** @throws InvalidInput when anything was noted */
  throwIfAny(): void
}

export function openScoreFaults(): ScoreFaults {
  const shown: { line: number; message: string }[] = []
  let count = 0

  function note(line: number, message: string): void {
    count++
    // A fault may be found late though it stands early in the file.
    const before = shown.findIndex((fault) => fault.line > line)
    shown.splice(before < 0 ? shown.length : before, 0, { line, message })
    if (shown.length > MOST_SHOWN) shown.pop()
  }

  function throwIfAny(): void {
    if (count === 0) return
    const faults = shown.map(({ line, message }) => ({ field: `line ${line}`, message }))
    if (count > MOST_SHOWN) faults.push({ field: 'and', message: `${count - MOST_SHOWN} more` })
    throw new InvalidInput(faults, 'bad_scores')
  }
  return { note, throwIfAny }
}
