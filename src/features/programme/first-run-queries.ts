import { sql } from 'kysely'
import type { Db } from '../../platform/db/open.ts'

/** The five first steps, in the order in which they can be taken. */
export const FIRST_STEPS = ['programme', 'people', 'round', 'first', 'test'] as const
export type FirstStep = (typeof FIRST_STEPS)[number]

export interface FirstRun {
  /** Found from the data. */
  done: Record<FirstStep, boolean>
  /** Not wanted, somebody said. */
  skipped: string[]
  /** Nobody wants to be shown them any more. */
  dismissed: boolean
}

/** All of them at once, as a mark in `first_run_skipped`. */
const ALL = 'all'

export async function readFirstRun(db: Db): Promise<FirstRun> {
  const { rows } = await sql<Record<FirstStep, boolean> & { skipped: string[] }>`
    select p.first_run_skipped as skipped, p.name <> '' as programme,
      (select count(*) from (select from staff where disabled_at is null limit 2) counted) > 1 as people,
      exists (select from rounds) as round,
      exists (select from applications) or exists (select from campaigns where kind = 'topic') as first,
      exists (select from deliveries d join campaigns c on c.id = d.campaign_id
        where d.is_test and d.state = 'accepted' and c.kind <> 'staff') as test
    from programme p`.execute(db)
  const { skipped, ...done } = rows[0] as Record<FirstStep, boolean> & { skipped: string[] }
  return { done, skipped, dismissed: skipped.includes(ALL) }
}

/** Marks a step, or all of them, as not wanted; or takes that back. */
export async function markFirstStep(db: Db, step: FirstStep | typeof ALL, wanted: boolean): Promise<void> {
  const without = sql`array_remove(first_run_skipped, ${step})`
  await sql`update programme set first_run_skipped = ${wanted ? without : sql`${without} || ${step}::text`}`.execute(db)
}
