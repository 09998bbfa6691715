import type { Db } from '../../platform/db/open.ts'

/** Whether the made-up round is in the database: then every page says so, and no real mail server is used. */
export async function isDemoLoaded(db: Db): Promise<boolean> {
  const row = await db.selectFrom('programme').select('demo_loaded_at').executeTakeFirst()
  return row !== undefined && row.demo_loaded_at !== null
}
