import type { Clock } from '../../lib/clock.ts'
import { type FieldFault, InvalidInput } from '../../lib/errors.ts'
import type { Db, DbOrTx } from '../../platform/db/open.ts'
import { getRoundRow } from '../rounds/index.ts'
import { type Answering, notify, type Recorded } from './answer.ts'
import { sayRefusal } from './rules.ts'
import { type AnsweringRow, lockApplications, recordStates } from './staff-queries.ts'

/** What an applicant may have said; `applied` takes an answer back. */
export const ANSWERS = ['confirmed', 'declined', 'lapsed', 'applied'] as const
export type Answer = (typeof ANSWERS)[number]

export interface RecordedAnswers {
  /** Whose state is another now. */
  changed: number
  unchanged: number
}

const MOST_NAMED = 10

/**
 * Records what applicants answered elsewhere, all of it or nothing; nobody is sent a notice. Said again, it changes
 * nothing. @param input.by who records it, such as "staff 3"
 * @throws NotFound for the round, InvalidInput naming who is no applicant of it, has left it, did not agree to the code
 * of conduct, or is there twice with two answers
 */
export async function recordAnswers(
  { db, clock }: { db: Db; clock: Clock },
  {
    code,
    answers,
    by = null,
  }: { code: string; answers: readonly { person_id: number; answer: Answer }[]; by?: string | null },
): Promise<RecordedAnswers> {
  const { id: round_id } = await getRoundRow({ db }, { code })
  const wanted = new Map(answers.map(({ person_id, answer }) => [person_id, answer]))
  const now = clock.now()
  const changed = await db.transaction().execute(async (tx) => {
    const rows = await lockApplications(tx, round_id, [...wanted.keys()])
    const faults = findFaults(answers, wanted, new Map(rows.map((row) => [row.person_id, row])))
    if (faults.length > 0) throw new InvalidInput(faults.slice(0, MOST_NAMED))
    const given = [...wanted].map(([person_id, answer]) => ({ person_id, answer }))
    const how = { recorded_by: by, said_at: now, now, incoming_id: null, delivery_id: null }
    return recordStates(tx, { round_id, answers: given, ...how })
  })
  return { changed, unchanged: wanted.size - changed }
}

/**
 * What staff read in a reply that no machine acted on. Theirs counts whatever the day and whoever was asked; only who
 * has left or did not agree to the code of conduct stays as they are. They get the notice that a reply gets.
 */
export async function recordStaffAnswer(
  tx: DbOrTx,
  said: Answering & { answer: 'confirmed' | 'declined'; by: string | null },
): Promise<Recorded> {
  const { round_id, person_id, answer, said_at, now, by, incoming_id = null, delivery_id } = said
  const [row] = await lockApplications(tx, round_id, [person_id])
  // Who was erased is in no round any more: a letter that comes late changes nothing.
  if (!row || row.is_erased)
    return { recorded: false, refused: 'no_application', why: 'They have no application in this round.' }
  const refused = refusalOf(row, answer)
  if (refused) return { recorded: false, refused, why: sayRefusal(refused, { state: row.state, confirm_by: null }) }
  const how = { recorded_by: by, said_at, now, incoming_id, delivery_id }
  const changed = await recordStates(tx, { round_id, answers: [{ person_id, answer }], ...how })
  if (changed > 0) await notify(tx, said)
  return { recorded: true, changed: changed > 0 }
}

function refusalOf(row: AnsweringRow, answer: Answer): 'left' | 'no_code_of_conduct' | undefined {
  if (row.state === 'withdrawn' || row.state === 'removed') return 'left'
  return answer === 'confirmed' && !row.code_of_conduct_agreed ? 'no_code_of_conduct' : undefined
}

function findFaults(
  answers: readonly { person_id: number; answer: Answer }[],
  wanted: ReadonlyMap<number, Answer>,
  rows: ReadonlyMap<number, AnsweringRow>,
): FieldFault[] {
  return answers.flatMap(({ person_id, answer }, at): FieldFault[] => {
    const row = rows.get(person_id)
    const fault = (message: string) => [{ field: `answers.${at}`, message }]
    if (!row) return fault(`Person ${person_id} has no application in this round.`)
    if (wanted.get(person_id) !== answer) return fault(`${row.name} is there twice, with two answers.`)
    const refused = refusalOf(row, answer)
    if (refused === 'left') return fault(`${row.name} has left the round.`)
    if (refused) return fault(`${row.name} did not agree to the code of conduct, and cannot be confirmed.`)
    return []
  })
}
