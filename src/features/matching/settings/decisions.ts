import { Conflict, type FieldFault, InvalidInput, NotFound } from '../../../lib/errors.ts'
import type { Db, DbOrTx } from '../../../platform/db/open.ts'
import { getRoundRow } from '../../rounds/index.ts'
import { nameOf } from '../pool/names.ts'
import { listNamed, type NamedRow } from '../pool/pool-queries.ts'
import { readProblem } from '../pool/problem.ts'
import { refuseContradictions } from './contradictions.ts'
import {
  type DecisionKind,
  type DecisionRow,
  findDecision,
  insertDecision,
  liftDecision,
  listApplicants,
  listDecisionRows,
  lockRoundMatching,
} from './decision-queries.ts'
import { readSettings } from './settings.ts'

/** Two people whom staff keep together, or never pair, in every run of the round. */
export interface MatchingDecision extends Omit<DecisionRow, 'round_id' | 'first_person_id' | 'second_person_id'> {
  people: [NamedRow, NamedRow]
}

/** What stands for a round, the newest first. @throws NotFound */
export async function listMatchingDecisions({ db }: { db: Db }, { code }: { code: string }) {
  const round = await getRoundRow({ db }, { code })
  return withPeople(db, await listDecisionRows(db, round.id))
}

export interface Deciding {
  code: string
  kind: DecisionKind
  person_ids: [number, number]
  note?: string | undefined
  by: string
}

const LONGEST_NOTE = 500

/**
 * Decided twice, it is the decision that stands. @throws NotFound, InvalidInput, Conflict `contradiction` when it cannot
 * stand beside another decision or a hard rule, with the people's names
 */
export async function decideAboutPair({ db }: { db: Db }, deciding: Deciding): Promise<MatchingDecision> {
  const { code, kind, note = '', by } = deciding
  const round = await getRoundRow({ db }, { code })
  const [first, second] = [...deciding.person_ids].sort((a, b) => a - b) as [number, number]
  const row = await db.transaction().execute(async (tx) => {
    await lockRoundMatching(tx, round.id)
    const faults = faultsOf(await listApplicants(tx, round.id, [first, second]), { ...deciding, note })
    if (faults.length > 0) throw new InvalidInput(faults)
    const standing = (await listDecisionRows(tx, round.id)).find(
      (one) => one.first_person_id === first && one.second_person_id === second,
    )
    if (standing?.kind === kind) return standing
    if (standing) throw await contradictionOf(tx, standing)
    if (kind === 'lock') await refuseContradictoryLock(tx, round.id, [first, second])
    const values = { round_id: round.id, kind, first_person_id: first, second_person_id: second }
    return insertDecision(tx, { ...values, note: note.trim(), decided_by: by })
  })
  return presentOne(db, row)
}

function faultsOf(applicants: readonly number[], { person_ids, note, code }: Deciding & { note: string }) {
  const faults: FieldFault[] = []
  const [first, second] = person_ids
  if (first === second) faults.push({ field: 'person_ids', message: 'Name two different people.' })
  const strangers = [...new Set(person_ids)].filter((id) => !applicants.includes(id))
  if (strangers.length > 0)
    faults.push({ field: 'person_ids', message: `Person ${strangers.join(' and ')} did not apply to round ${code}.` })
  if (note.length > LONGEST_NOTE)
    faults.push({ field: 'note', message: `The note has ${note.length} characters; ${LONGEST_NOTE} are the most.` })
  return faults
}

async function contradictionOf(tx: DbOrTx, standing: DecisionRow): Promise<Conflict> {
  const people = await listNamed(tx, standing.round_id, [standing.first_person_id, standing.second_person_id])
  const names = people.map(nameOf).join(' and ')
  const words = standing.kind === 'lock' ? `${names} are to be kept together` : `${names} are never to be paired`
  return new Conflict('contradiction', `${words} by an earlier decision. Lift that one first.`)
}

/** The lock is tried with the present settings and decisions; of two who are not both confirmed, when a run begins. */
async function refuseContradictoryLock(tx: DbOrTx, roundId: number, lock: [number, number]): Promise<void> {
  const problem = await readProblem(tx, roundId, await readSettings(tx, roundId))
  const isHere = new Set(problem.applicants.map(({ person_id }) => person_id))
  if (!lock.every((id) => isHere.has(id))) return
  const locks = [...problem.locks, lock].sort(([a, b], [c, d]) => a - c || b - d)
  refuseContradictions({ ...problem, locks }, lock)
}

/** Lifted twice, it is lifted once. @throws NotFound */
export async function liftMatchingDecision(
  { db }: { db: Db },
  { id, by }: { id: number; by: string },
): Promise<MatchingDecision> {
  await liftDecision(db, id, by)
  const row = await findDecision(db, id)
  if (!row) throw new NotFound(`Decision ${id}`)
  return presentOne(db, row)
}

async function presentOne(db: Db, row: DecisionRow): Promise<MatchingDecision> {
  const [decision] = await withPeople(db, [row])
  return decision as MatchingDecision
}

async function withPeople(db: Db, rows: readonly DecisionRow[]): Promise<MatchingDecision[]> {
  const [round] = rows
  if (!round) return []
  const ids = rows.flatMap(({ first_person_id, second_person_id }) => [first_person_id, second_person_id])
  const named = await listNamed(db, round.round_id, [...new Set(ids)])
  const byId = new Map(named.map((person) => [person.person_id, person]))
  return rows.map(({ round_id: _, first_person_id, second_person_id, ...row }) => ({
    ...row,
    people: [byId.get(first_person_id) as NamedRow, byId.get(second_person_id) as NamedRow],
  }))
}
