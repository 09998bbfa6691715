import type { Clock } from '../../../lib/clock.ts'
import { NotFound } from '../../../lib/errors.ts'
import type { Db } from '../../../platform/db/open.ts'
import { getRoundRow } from '../../rounds/index.ts'
import { recordStates } from '../triage/triage-queries.ts'
import {
  type DuplicateRow,
  type DuplicateState,
  insertProposals,
  listDuplicateRows,
  lockSharedRounds,
  recordDecision,
  type SharedRound,
} from './duplicate-queries.ts'

interface Deps {
  db: Db
  clock: Clock
}

const PAGE = 50

/** Looks for pairs that may be one person among a round's applicants. Returns how many are new. @throws NotFound */
export async function proposeDuplicates(
  { db, clock }: Deps,
  { code }: { code: string },
): Promise<{ proposed: number }> {
  const round = await getRoundRow({ db }, { code })
  return { proposed: await insertProposals(db, round.id, clock.now()) }
}

/** A page of proposals by id. @param wanted.code only pairs of whom one applied to this round @throws NotFound */
export async function listDuplicates(
  { db }: { db: Db },
  wanted: { code?: string | undefined; state?: DuplicateState | undefined; after?: number | undefined; limit?: number },
): Promise<{ items: DuplicateRow[]; next: string | null }> {
  const { code, state, after = 0, limit = PAGE } = wanted
  const round_id = code === undefined ? undefined : (await getRoundRow({ db }, { code })).id
  const found = await listDuplicateRows(db, { round_id, state, after, limit: limit + 1 })
  const items = found.slice(0, limit)
  return { items, next: found.length > limit ? String(items.at(-1)?.id) : null }
}

/**
 * Two people, or one who applied twice: then the earlier of two applications to one round is withdrawn, where neither
 * has an answer or a partner that would be lost. Their rows are never put together. Decided again, the last word counts;
 * a withdrawn application does not come back by itself.
 * @returns the proposal, and in words what was done beyond it @throws NotFound
 */
export async function decideDuplicate(
  { db, clock }: Deps,
  { id, decision, by }: { id: number; decision: 'same' | 'different'; by: { id: number | null; name: string } },
): Promise<{ proposal: DuplicateRow; done: string[] }> {
  const now = clock.now()
  const done = await db.transaction().execute(async (tx) => {
    if (!(await recordDecision(tx, { id, state: decision, by: by.id, now }))) throw new NotFound(`Proposal ${id}`)
    if (decision === 'different') return []
    const shared = await lockSharedRounds(tx, id)
    const application_ids = shared.filter(isSafe).map((one) => one.earlier_application_id)
    await recordStates(tx, { application_ids, state: 'withdrawn', source: 'staff', by: by.name, now })
    return shared.map(wordsOf)
  })
  const [proposal] = await listDuplicateRows(db, { id, after: 0, limit: 1 })
  return { proposal: proposal as DuplicateRow, done }
}

const OPEN = ['applied', 'waitlisted']

/** Withdrawing it takes nothing from anybody: no answer, no partner, and a later form that stands. */
function isSafe({ earlier_state, later_state, has_partner }: SharedRound): boolean {
  return OPEN.includes(earlier_state) && [...OPEN, 'confirmed'].includes(later_state) && !has_partner
}

function wordsOf(shared: SharedRound): string {
  const { round_code, earlier_name, earlier_state } = shared
  if (isSafe(shared))
    return `The earlier application of ${earlier_name} to ${round_code} was withdrawn; the later one stands.`
  if (earlier_state === 'withdrawn' || earlier_state === 'removed')
    return `The earlier application of ${earlier_name} to ${round_code} had left the round before.`
  return `Nothing was changed in ${round_code}: one of the two has answered or has a partner there. Decide about it by hand.`
}
