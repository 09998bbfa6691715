import { formatCount } from '../present/numbers.ts'

type Result = Record<string, unknown>

interface KindWords {
  /** What it is, as a noun that begins a sentence. */
  noun: string
  /** What it does, for a title. */
  doing: string
  /** What came of it, in sentences. */
  result(result: Result): string[]
}

const KINDS: Record<string, KindWords> = {
  import: { noun: 'An import', doing: 'Importing', result: sayImport },
  matching: { noun: 'A matching run', doing: 'Matching', result: sayMatching },
  load_demo: {
    noun: 'Loading the demo data',
    doing: 'Loading demo data',
    result: ({ round, topics }) => [`Round ${round} is there, with ${topics} topic emails as drafts.`],
  },
}

const UNKNOWN: KindWords = { noun: 'Long work', doing: 'Working', result: () => [] }
const of = (kind: string) => (Object.hasOwn(KINDS, kind) ? (KINDS[kind] as KindWords) : UNKNOWN)

export const nounOfJob = (kind: string) => of(kind).noun
export const doingOfJob = (kind: string) => of(kind).doing

/** What came of work that has ended; empty when it left nothing to say. */
export function resultOfJob(kind: string, result: unknown): string[] {
  return typeof result === 'object' && result !== null ? of(kind).result(result as Result) : []
}

function sayImport(result: Result): string[] {
  const count = (key: string) => formatCount(Number(result[key] ?? 0))
  if (Array.isArray(result.errors)) return result.errors.map((error: { message?: string }) => error.message ?? '')
  const dry = result.dry_run === true
  const lines = [
    `${count('rows')} rows were read: ${count('created')} new applicants, ${count('updated')} updated, ${count('unchanged')} unchanged, ${count('resubmitted')} older forms of the same people.`,
  ]
  if (Number(result.faulty_count) > 0)
    lines.push(`${count('faulty_count')} faults were found; faulty rows are left out.`)
  if (dry) lines.push('It was a dry run: nothing was changed.')
  return lines
}

function sayMatching({ cardinality, unmatched, proven_optimal }: Result): string[] {
  if (typeof cardinality !== 'number') return []
  const left = Number(unmatched ?? 0)
  const rest =
    left === 0 ? 'nobody is left over' : `${formatCount(left)} ${left === 1 ? 'person is' : 'people are'} left over`
  const proof = proven_optimal === true ? ['It is proven to be the best there is.'] : []
  return [`${formatCount(cardinality)} proposals were found; ${rest}.`, ...proof]
}
