import { sql } from 'kysely'
import type { Db } from '../../platform/db/open.ts'
import type { Outcome } from './outcome.ts'

/** How one dialogue ended, to be written. */
export interface Ended {
  attempt_id: number
  delivery_id: number
  domain: string
  outcome: Outcome
  /** Of an introduction. */
  partnership_id?: number | null
}

/** What became of a claim that was about to be sent. */
export interface Leave {
  delivery_id: number
  /** The attempt to end, when the dialogue may begin. */
  attempt_id: number | null
  /** No budget now: ask again after so long. Null with no attempt: paused, cancelled, suppressed or taken away. */
  wait_ms: number | null
  /** Addresses that the server must be asked about before the message is handed over: the partners' of an introduction. */
  try_first: string[] | null
  /** The wait is for a partner's dialogue to end: other deliveries may go meanwhile. */
  waits_for_partner: boolean
}

/**
 * One exchange with the ledger: outcomes in, leave to begin out, in one round trip and one commit (migrations/0019).
 *
 * The limits hold in every rolling window as the receiving server sees it, over all processes and restarts. The
 * server sees a message somewhere between `taken_at` (written before the dialogue) and `ended_at` (written after its
 * last reply). An attempt leaves a window of W seconds when `ended_at` is W old, and one without `ended_at` never does:
 * so of two messages that the server saw less than W apart, the later found the earlier in its window. All times are
 * the database's, and the sender's row is locked while counting and taking. What is not promised: a database clock
 * that is set back in mid-window.
 * @param introduces whether one of `wanted` is an introduction
 */
export async function exchangeAttempts(
  db: Db,
  run: { worker_id: number; sender_id: number },
  ended: readonly Ended[],
  wanted: readonly number[],
  now: Date,
  introduces = false,
): Promise<Leave[]> {
  const rows = ended.map(({ attempt_id, delivery_id, domain, outcome }) => ({
    attempt_id,
    delivery_id,
    domain,
    state: outcome.state,
    code: outcome.code,
    enhanced_code: outcome.enhanced_code,
    words: outcome.words,
    counted: outcome.counted,
    is_try: outcome.is_try,
    retry_ms: outcome.retry_ms,
    close_ms: outcome.close_sender_ms,
    domain_refuses: outcome.domain_refuses,
    skipped_reason: outcome.skipped_reason,
    partner: outcome.partner,
  }))
  const introducing = introduces || ended.some(({ partnership_id }) => partnership_id != null)
  const { rows: leaves } = await sql<Leave>`
    select * from exchange_attempts(${run.worker_id}, ${run.sender_id}, ${now}, ${JSON.stringify(rows)}::jsonb,
      ${wanted}::bigint[], ${introducing})`.execute(db)
  return leaves
}
