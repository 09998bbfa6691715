import { sql } from 'kysely'
import type { Report, Row, Section } from '../../../../src/features/reports/index.ts'
import { createRound } from '../../../../src/features/rounds/index.ts'
import type { TestDeps } from '../../../support/deps.ts'

/** Somebody's application; what is left out is as most people have it. */
export interface Applicant {
  person_id?: number
  country?: string
  state?: string
  sector?: string | null
  stage?: string | null
  pathway?: string
}

export type RoundDays = { starts_on?: string; ends_on?: string }

/** A round and what can happen in it, each thing at the moment of the clock. */
export async function addRound(deps: TestDeps, code: string, days: RoundDays = {}) {
  const { db, clock } = deps
  const { id: round_id } = await createRound(deps, { code, name: `Round ${code}`, ...days })

  /** Returns the ids of the people, made where none are given. */
  async function apply(applicants: readonly Applicant[]): Promise<number[]> {
    const at = clock.now()
    const ids: number[] = []
    for (const one of applicants) {
      const country_code = one.country ?? 'BR'
      const person = one.person_id
        ? { id: one.person_id }
        : await db
            .insertInto('people')
            .values({ given_name: 'Ana', family_name: 'Souza', country_code })
            .returning('id')
            .executeTakeFirstOrThrow()
      ids.push(person.id)
      await db
        .insertInto('applications')
        .values({
          ...{ round_id, person_id: person.id, country_code, state: one.state ?? 'applied' },
          ...{ sector: one.sector ?? null, career_stage: one.stage ?? null, pathway: one.pathway ?? 'direct' },
          ...{ submitted_at: at, created_at: at, state_changed_at: at },
          ...{ code_of_conduct_agreed: true, commitment_agreed: true },
        })
        .execute()
    }
    return ids
  }

  async function move(person_id: number, state: string): Promise<void> {
    await db
      .updateTable('applications')
      .set({ state, state_changed_at: clock.now() })
      .where('round_id', '=', round_id)
      .where('person_id', '=', person_id)
      .execute()
  }

  /** Returns the id of the partnership. */
  async function pair(person_ids: readonly number[], introduced = true): Promise<number> {
    const { id } = await db
      .insertInto('partnerships')
      .values({ round_id, created_at: clock.now(), introduced_at: introduced ? clock.now() : null })
      .returning('id')
      .executeTakeFirstOrThrow()
    await db
      .insertInto('partnership_members')
      .values(person_ids.map((person_id) => ({ partnership_id: id, person_id })))
      .execute()
    return id
  }

  return { round_id, code, apply, move, pair }
}

export async function end(deps: TestDeps, partnership_id: number): Promise<void> {
  await deps.db
    .updateTable('partnerships')
    .set({ ended_at: deps.clock.now(), end_reason: 'One of them left.' })
    .where('id', '=', partnership_id)
    .where('ended_at', 'is', null)
    .execute()
}

/** @param said_at by the clock of whoever sent it: it may be wrong */
export async function answer(
  deps: TestDeps,
  input: { partnership_id: number; person_id: number; answer?: string; said_at?: Date },
): Promise<void> {
  const now = deps.clock.now()
  await deps.db
    .insertInto('check_in_answers')
    .values({ answer: 'in_touch', source: 'link', said_at: now, recorded_at: now, ...input })
    .execute()
}

/** As erasing somebody leaves them. */
export async function erase(deps: TestDeps, person_id: number): Promise<void> {
  await deps.db
    .updateTable('people')
    .set({ given_name: 'Erased', family_name: '', erased_at: deps.clock.now() })
    .where('id', '=', person_id)
    .execute()
}

/** Throws away what is kept, so that everything is counted anew. */
export async function forgetFigures({ db }: TestDeps): Promise<void> {
  await sql`truncate round_figures, report_changes`.execute(db)
}

export function sectionOf(report: Report, key: string): Section {
  const found = report.sections.find((one) => one.key === key)
  if (!found) throw new Error(`no section ${key}`)
  return found
}

/** The counts of a row, or of the total. */
export function countsOf(report: Report, section: string, row: string): Row['counts'] | undefined {
  const { rows, total } = sectionOf(report, section)
  return [...rows, total].find((one) => one?.key === row)?.counts
}
