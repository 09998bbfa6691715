import type { Clock } from '../../lib/clock.ts'
import { type FieldFault, InvalidInput } from '../../lib/errors.ts'
import type { Db } from '../../platform/db/open.ts'
import { getRoundRow } from '../rounds/index.ts'
import { type AnsweringRow, lockApplications, recordStates } from './queries.ts'

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
 * Records what applicants answered, all of it or nothing. Said again, it changes nothing.
 * @throws NotFound for the round, InvalidInput naming who is no applicant of it, has left it, did not agree to the code
 * of conduct, or is there twice with two answers
 */
export async function recordAnswers(
  { db, clock }: { db: Db; clock: Clock },
  { code, answers }: { code: string; answers: readonly { person_id: number; answer: Answer }[] },
): Promise<RecordedAnswers> {
  const { id } = await getRoundRow({ db }, { code })
  const wanted = new Map(answers.map(({ person_id, answer }) => [person_id, answer]))
  const changed = await db.transaction().execute(async (tx) => {
    const rows = await lockApplications(tx, id, [...wanted.keys()])
    const faults = findFaults(answers, wanted, new Map(rows.map((row) => [row.person_id, row])))
    if (faults.length > 0) throw new InvalidInput(faults.slice(0, MOST_NAMED))
    const given = [...wanted].map(([person_id, answer]) => ({ person_id, answer }))
    return recordStates(tx, id, given, clock.now())
  })
  return { changed, unchanged: wanted.size - changed }
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
    if (row.state === 'withdrawn' || row.state === 'removed') return fault(`${row.name} has left the round.`)
    if (answer === 'confirmed' && !row.code_of_conduct_agreed)
      return fault(`${row.name} did not agree to the code of conduct, and cannot be confirmed.`)
    return []
  })
}
