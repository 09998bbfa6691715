import { NotFound } from '../../../lib/errors.ts'
import type { Memory } from '../../../lib/remember.ts'
import type { Db } from '../../../platform/db/open.ts'
import { getRoundRow } from '../../rounds/index.ts'
import { countEdits, findLastEdit } from '../review/edit-queries.ts'
import { listChanges } from './changes.ts'
import {
  countUnmatched,
  findRun,
  listRunRows,
  listUnmatchedRows,
  measureProposals,
  type RunRow,
} from './run-queries.ts'
import { UNMATCHED_WORDS } from './unmatched-words.ts'

export type MatchingRun = Awaited<ReturnType<typeof getMatchingRun>>

/** More than these are in the CSV. */
const MOST_UNMATCHED = 1000
/** To look whether data have changed means to read every form. */
const CHANGES_MS = 1000

/**
 * A run: what it was given, how far it is, what it found, and how its proposals stand after the changes of staff. Scores
 * are in basis points. @param memory keeps for a moment whether data have changed @throws NotFound
 */
export async function getMatchingRun({ db, memory }: { db: Db; memory?: Memory | undefined }, { id }: { id: number }) {
  const run = await findRun(db, id)
  if (!run) throw new NotFound(`Matching run ${id}`)
  const { done, total, error, ...figures } = run
  const read = () => listChanges(db, run)
  const [unmatched, unmatched_count, edits, last, now, changes] = await Promise.all([
    listUnmatchedRows(db, id, { after: 0, limit: MOST_UNMATCHED }),
    countUnmatched(db, id),
    countEdits(db, id),
    findLastEdit(db, id),
    measureProposals(db, id),
    run.approved_at ? [] : memory ? memory.rememberCostly(`changes ${id}`, CHANGES_MS, read) : read(),
  ])
  return {
    ...figures,
    mean_score: meanOf(run),
    progress: { done: done ?? 0, total: total ?? 0 },
    error,
    unmatched: unmatched.map((row) => ({ ...row, words: UNMATCHED_WORDS[row.reason] })),
    unmatched_count,
    /** As the proposals stand now; what is above is what the run found. Null until it has. */
    now: run.finished_at ? { ...now, mean_score: meanOf(now), unmatched: unmatched_count, edits } : null,
    /** What would be undone. */
    last_edit: last ? { id: last.id, did: last.did, edited_by: last.edited_by, edited_at: last.edited_at } : null,
    data_changed: changes.length > 0,
    changes,
  }
}

function meanOf({ cardinality, total_score }: Pick<RunRow, 'cardinality' | 'total_score'>): number | null {
  return cardinality && total_score !== null ? Math.round(total_score / cardinality) : null
}

const PAGE = 20

/** Runs of a round, the newest first; `next` is passed as `before` for the following ones. @throws NotFound */
export async function listMatchingRuns(
  { db }: { db: Db },
  { code, before, limit = PAGE }: { code: string; before?: number | undefined; limit?: number | undefined },
) {
  const round = await getRoundRow({ db }, { code })
  const rows = await listRunRows(db, { round_id: round.id, before, limit: limit + 1 })
  const items = rows.slice(0, limit).map((row) => ({ ...row, mean_score: meanOf(row) }))
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null }
}
