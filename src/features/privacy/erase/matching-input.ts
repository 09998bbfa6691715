import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { ERASED_NAME } from './names.ts'

const compress = promisify(gzip)
const uncompress = promisify(gunzip)

/** Null: everybody. */
export type Whose = ReadonlySet<number> | null

interface Applicant {
  person_id: number
  [field: string]: unknown
}

/**
 * The input of a matching run (gzip of JSON, matching/runs/frozen-input.ts) without the names, answers and wishes of these
 * people. What is not personal stays: the run still shows who was put forward, from where.
 * Returns undefined when nothing is to be changed.
 */
export async function eraseInInput(input: Uint8Array, whose: Whose): Promise<Buffer | undefined> {
  const problem = JSON.parse((await uncompress(input)).toString('utf8')) as { applicants: Applicant[] }
  let changed = false
  const applicants = problem.applicants.map((applicant) => {
    if (whose !== null && !whose.has(applicant.person_id)) return applicant
    const name = whose === null ? {} : { given_name: ERASED_NAME, family_name: '', time_zone: null }
    const erased = { ...applicant, ...name, special_request: null, answers: {} }
    changed ||= JSON.stringify(erased) !== JSON.stringify(applicant)
    return erased
  })
  return changed ? compress(JSON.stringify({ ...problem, applicants })) : undefined
}

interface Side {
  proposals?: { members?: { person_id: number }[] }[]
  unmatched?: unknown
}

/** One side of an edit without what it says of these people. */
export function eraseInSide(side: unknown, whose: Whose): unknown {
  const { proposals = [], unmatched = [] } = (side ?? {}) as Side
  const isTheirs = (members: { person_id: number }[] = []) =>
    whose === null || members.some(({ person_id }) => whose.has(person_id))
  return {
    unmatched,
    proposals: proposals.map((one) => (isTheirs(one.members) ? { ...one, reasons: [], introduction: '' } : one)),
  }
}

/** Whether one side of an edit is about one of them. */
export function isAbout(side: unknown, whose: ReadonlySet<number>): boolean {
  if (Array.isArray(side)) return side.some((one) => isAbout(one, whose))
  if (typeof side !== 'object' || side === null) return false
  return Object.entries(side).some(([key, value]) =>
    key === 'person_id' ? whose.has(Number(value)) : isAbout(value, whose),
  )
}
