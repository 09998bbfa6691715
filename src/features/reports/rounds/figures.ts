import type { Clock } from '../../../lib/clock.ts'
import type { Db, DbOrTx } from '../../../platform/db/open.ts'
import { listRoundRows, type RoundRow } from '../../rounds/index.ts'
import type { AsOf } from '../as-of.ts'
import {
  addChanges,
  holdRound,
  keepFigures,
  listChangedRounds,
  lockFigures,
  readKept,
  takeChanges,
} from './kept-queries.ts'
import { countPeople, DIMENSIONS, type Dimension, type RoundAt, STEPS, type Step, TOTAL } from './person-queries.ts'

/** Raised whenever the same rows would give other figures: what was kept under another number is counted anew. */
const FIGURES_VERSION = 1

export type StepCounts = Record<Step, number>

/** What is kept of a round: counts and no words, so that words can change without counting again. */
export interface RoundFigures {
  version: number
  total: StepCounts
  /** By dimension, a row for each value that occurs. */
  groups: Record<Dimension, ({ key: string } & StepCounts)[]>
  check_ins: number
  /** Tells whether anything of the applications has changed: later rounds depend on them. No figure. */
  history: string
}

interface Deps {
  db: Db
  clock: Clock
}

/** In the order in which one is earlier than another: by start day, then as they were made; without a day last. */
export async function listRoundsInOrder({ db }: { db: DbOrTx }): Promise<RoundRow[]> {
  // the newest first, and those without a day before them
  return (await listRoundRows(db)).toReversed()
}

/** Figures of these rounds, in their order: as kept where nothing has changed since, else counted anew and kept. */
export async function readFigures(deps: Deps, rounds: readonly RoundRow[], as_of: AsOf): Promise<RoundFigures[]> {
  if (as_of.before !== null) {
    const figures: RoundFigures[] = []
    // one after the other: each reads a whole round
    for (const { id } of rounds) figures.push(await countRound(deps.db, { round_id: id, before: as_of.before }))
    return figures
  }
  await settleEarlier(deps, rounds)
  const ids = rounds.map(({ id }) => id)
  const kept = new Map((await readKept(deps.db, ids)).map((row) => [row.round_id, row]))
  const figures: RoundFigures[] = []
  for (const id of ids) {
    const row = kept.get(id)
    const asKept = row && !row.is_changed ? usable(row.figures) : undefined
    figures.push(asKept ?? (await refreshRound(deps, id)) ?? NOTHING)
  }
  return figures
}

/**
 * Counts anew what has changed in earlier rounds. Who returns depends on them, and whoever counts an earlier round whose
 * applications have changed marks the later ones.
 */
async function settleEarlier(deps: Deps, rounds: readonly RoundRow[]): Promise<void> {
  const changed = await listChangedRounds(deps.db)
  if (changed.length === 0) return
  const order = (await listRoundsInOrder(deps)).map(({ id }) => id)
  const last = Math.max(...rounds.map(({ id }) => order.indexOf(id)))
  // one that is gone is at -1: before all others
  for (const id of inOrder(changed, order)) if (order.indexOf(id) < last) await refreshRound(deps, id)
}

const inOrder = (ids: readonly number[], order: readonly number[]) =>
  ids.toSorted((a, b) => order.indexOf(a) - order.indexOf(b))

/** Counts anew every round in which something has changed, the earlier ones first. */
export async function refreshRounds(deps: Deps): Promise<void> {
  const order = (await listRoundsInOrder(deps)).map(({ id }) => id)
  for (const id of inOrder(await listChangedRounds(deps.db), order)) await refreshRound(deps, id)
  // those that an earlier one has marked
  for (const id of inOrder(await listChangedRounds(deps.db), order)) await refreshRound(deps, id)
}

/**
 * Counts a round anew and keeps the figures, unless another has done so meanwhile. Undefined when the round is gone.
 * No two wait for each other: each holds one round's lock, and takes no other with it.
 */
async function refreshRound({ db, clock }: Deps, round_id: number): Promise<RoundFigures | undefined> {
  return db.transaction().execute(async (tx) => {
    await lockFigures(tx, round_id)
    const isThere = await holdRound(tx, round_id)
    const taken = await takeChanges(tx, round_id)
    const order = (await listRoundsInOrder({ db: tx })).map(({ id }) => id)
    if (!isThere) {
      if (taken > 0) await addChanges(tx, order)
      return undefined
    }
    const [row] = await readKept(tx, [round_id])
    const before = row ? usable(row.figures) : undefined
    if (before && taken === 0) return before
    const figures = await countRound(tx, { round_id, before: null })
    await keepFigures(tx, { round_id, figures, now: clock.now() })
    if (before?.history !== figures.history) await addChanges(tx, order.slice(order.indexOf(round_id) + 1))
    return figures
  })
}

/** Counted now, whatever is kept: of a past day, or of a part of the round. */
export async function countRound(db: DbOrTx, round: RoundAt): Promise<RoundFigures> {
  const rows = await countPeople(db, round)
  const total = rows.find(({ dimension }) => dimension === TOTAL)
  const groups = DIMENSIONS.map((dimension) => [
    dimension,
    rows.filter((row) => row.dimension === dimension).map((row) => ({ key: row.key, ...stepsOf(row) })),
  ])
  return {
    version: FIGURES_VERSION,
    total: total ? stepsOf(total) : NOTHING.total,
    groups: Object.fromEntries(groups),
    check_ins: total?.check_ins ?? 0,
    history: total?.history ?? '',
  }
}

const stepsOf = (row: StepCounts) => Object.fromEntries(STEPS.map((step) => [step, row[step]])) as StepCounts

const NOTHING: RoundFigures = {
  version: FIGURES_VERSION,
  total: { applicants: 0, participants: 0, matched: 0, in_touch: 0, completed: 0 },
  groups: { country: [], sector: [], career_stage: [], pathway: [], experience: [], state: [] },
  check_ins: 0,
  history: '',
}

function usable(figures: unknown): RoundFigures | undefined {
  const kept = figures as RoundFigures
  return kept.version === FIGURES_VERSION ? kept : undefined
}
