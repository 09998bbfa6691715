import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import type { MatchingProblem } from '../solve/index.ts'

const compress = promisify(gzip)
const uncompress = promisify(gunzip)

/** What a run is given, as it is kept with the run: later answers change nothing in it. */
export interface FrozenInput {
  input: Buffer
  /** SHA-256 in hexadecimal (digestProblem). */
  input_digest: string
}

const LEVEL = 5

export async function freezeProblem(problem: MatchingProblem): Promise<FrozenInput> {
  return { input: await compress(JSON.stringify(problem), { level: LEVEL }), input_digest: digestProblem(problem) }
}

export async function thawProblem(input: Uint8Array): Promise<MatchingProblem> {
  return JSON.parse((await uncompress(input)).toString('utf8')) as MatchingProblem
}

/**
 * The same people, answers, settings and decisions have the same digest, in whatever order the database keeps the keys
 * of an answer. Names are not in it: to spell one right changes no match.
 */
export function digestProblem(problem: MatchingProblem): string {
  const text = JSON.stringify(problem, (key, value: unknown) => {
    if (key === 'given_name' || key === 'family_name') return undefined
    return isRecord(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value
  })
  return createHash('sha256').update(text).digest('hex')
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
