import type { Db } from '../../platform/db/open.ts'

/** What every page of the console must say; undefined when there is nothing to say. */
export async function findProgrammeBanner(db: Db): Promise<string | undefined> {
  const row = await db.selectFrom('programme').select('demo_loaded_at').executeTakeFirst()
  return row?.demo_loaded_at ? 'These are demo data, and nothing leaves this machine.' : undefined
}
