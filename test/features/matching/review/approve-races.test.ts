import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { undoImport } from '../../../../src/features/imports/index.ts'
import { approveRun } from '../../../../src/features/matching/index.ts'
import { suppressPerson } from '../../../../src/features/people/index.ts'
import { madeUp, openMatching } from '../round.ts'

const by = 'staff 1'

/** An approval that stands still in its middle until it is let go, with what happens beside it begun meanwhile. */
async function approveBeside(
  prepare: (opened: Awaited<ReturnType<typeof openMatching>>) => Promise<() => Promise<unknown>>,
) {
  const opened = await openMatching(madeUp(8))
  const id = await opened.match()
  const beside = await prepare(opened)
  const { db } = opened.deps
  const waiting = async () =>
    (
      await sql`select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`.execute(
        db,
      )
    ).rows.length
  const both = await db.transaction().execute(async (tx) => {
    await sql`lock table campaigns in share mode`.execute(tx)
    const approving = approveRun(opened.deps, { id, by })
    await expect.poll(waiting, { timeout: 15_000 }).toBe(1)
    const other = beside()
    // It waits for the approval. Were it free to go on, it would have ended before this was seen.
    await expect.poll(waiting, { timeout: 15_000 }).toBe(2)
    return [approving, other] as const
  })
  const ended = await Promise.allSettled(both)
  return { ...opened, db, ended: ended.map(({ status }) => status) }
}

test('somebody who is removed in the middle of an approval has no partner in the end, and frees theirs', async () => {
  const { db, ids, ended } = await approveBeside(async ({ deps, ids: [first = 0] }) => {
    return () => suppressPerson(deps, { id: first, scope: 'all', reason: 'removed', source: by })
  })
  expect(ended).toEqual(['fulfilled', 'fulfilled'])
  const { rows } = await sql`select s.id from partnerships s join partnership_members m on m.partnership_id = s.id
    where m.person_id = ${ids[0]} and s.ended_at is null`.execute(db)
  expect(rows).toEqual([])
})

test('an import is not taken back in the middle of an approval: nobody is left a partner of nobody', async () => {
  const { db, ended } = await approveBeside(async ({ deps, ids: [first = 0] }) => {
    const { id } = await deps.db
      .insertInto('imports')
      .values({ round_id: 1, dry_run: false, finished_at: deps.clock.now() })
      .returning('id')
      .executeTakeFirstOrThrow()
    await sql`insert into import_changes (import_id, table_name, row_id, before, after)
      select ${id}, 'people', id, null, '{}' from people where id = ${first}`.execute(deps.db)
    return () => undoImport(deps, { id })
  })
  expect(ended).toEqual(['fulfilled', 'rejected'])
  const { rows } = await sql`select partnership_id from partnership_members group by 1 having count(*) < 2`.execute(db)
  expect(rows).toEqual([])
})
