import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { approveRun, introduceRun } from '../../../../src/features/matching/index.ts'
import { undoImport } from '../../../../src/features/imports/index.ts'
import { listIntroductionTroubles } from '../../../../src/features/partnerships/index.ts'
import { madeUp, openMatching } from '../round.ts'
const by = 'staff 1'
test('T6 undo of an import while approving', async () => {
  const { deps, match } = await openMatching(madeUp(8))
  const { db } = deps
  const id = await match()
  const cols = (await sql<{ c: string }>`select column_name c from information_schema.columns where table_name = 'imports' and is_nullable = 'NO' and column_default is null and is_identity = 'NO'`.execute(db)).rows
  console.log(cols)
  await sql`insert into imports (round_id, dry_run, finished_at) values (1, false, now())`.execute(db).catch((e) => console.log(e.message))
  const imp = (await sql<{ id: number }>`select id from imports`.execute(db)).rows[0]?.id
  if (!imp) return
  for (const t of ['people', 'applications', 'addresses'])
    await sql`insert into import_changes (import_id, table_name, row_id, before, after) select ${imp}, ${t}, id, null, to_jsonb(x) - '{created_at,updated_at,submitted_at,state_changed_at,delivery_state}'::text[] from ${sql.table(t)} x where ${sql.ref(t === 'people' ? 'id' : 'person_id')} = 1`.execute(db)
  let release!: () => void
  const gate = new Promise<void>((done) => (release = done))
  let locked!: () => void
  const isLocked = new Promise<void>((done) => (locked = done))
  const blocker = db.transaction().execute(async (tx) => {
    await sql`lock table campaigns in share mode`.execute(tx)
    locked()
    await gate
  })
  await isLocked
  const approving = approveRun(deps, { id, by })
  await expect.poll(async () => (await sql`select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`.execute(db)).rows.length).toBe(1)
  const undoing = undoImport(deps, { id: imp }).then((x) => console.log('undone', x), (e) => console.log('undo', e.message))
  await new Promise((d) => setTimeout(d, 500))
  release()
  await blocker
  await Promise.all([approving.then(console.log, (e) => console.log('approve', e)), undoing])
  console.log((await sql`select partnership_id, count(*) from partnership_members group by 1 order by 1`.execute(db)).rows)
  console.log(await introduceRun(deps, { id, by }).catch((e) => e.message), await listIntroductionTroubles(db, 1))
})
