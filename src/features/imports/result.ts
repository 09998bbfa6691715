import type { CountryShare } from '../rounds/index.ts'
import type { RowFault } from './faults.ts'
import type { Mapping } from './mapping.ts'

/** What an import did, or in a dry run would have done. */
export interface ImportResult {
  dry_run: boolean
  /** Rows below the header. */
  rows: number
  /** People with an application in these rows. */
  applicants: number
  created: number
  updated: number
  /** Already there as they are, or there with a form that was sent later. */
  unchanged: number
  /** Forms that a later one of the same person replaced. */
  resubmitted: number
  /** Applicants who did not agree to the code of conduct; they are kept, and are in no audience. */
  refused_conduct: number
  faulty_count: number
  /** The first faults; the others are in the CSV. */
  faulty: RowFault[]
  cleaned: RowFault[]
  notes: string[]
  by_country_over_cap: CountryShare[]
  mapping: Mapping
}

const SHOWN = 1000

export const shownOf = (faults: readonly RowFault[]) => faults.slice(0, SHOWN)

/** The result of a file that cannot be read at all: nothing of it is imported. */
export function unreadableResult(faults: RowFault[], dry_run: boolean): ImportResult {
  return {
    dry_run,
    rows: 0,
    applicants: 0,
    created: 0,
    updated: 0,
    unchanged: 0,
    resubmitted: 0,
    refused_conduct: 0,
    faulty_count: faults.length,
    faulty: faults,
    cleaned: [],
    notes: [],
    by_country_over_cap: [],
    mapping: {},
  }
}

/** Why the file could not be read, in one sentence; undefined when it could: then it has a row. */
export function whyUnreadable({ rows, faulty }: ImportResult): string | undefined {
  return rows > 0 ? undefined : faulty.map(({ line, message }) => `Line ${line}: ${message}`).join(' ')
}
