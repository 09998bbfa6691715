import { Kysely, PostgresDialect, type Transaction } from 'kysely'
import pg from 'pg'
import type { DB } from './schema.ts'

export type Db = Kysely<DB>
/** What a query may run on: the pool, or one transaction of it. */
export type DbOrTx = Db | Transaction<DB>

// bigint identities stay below 2^53; numbers read better than strings everywhere. Dates stay as written.
const INT8 = 20
const DATE = 1082
pg.types.setTypeParser(INT8, Number)
pg.types.setTypeParser(DATE, (text) => text)

export interface Database {
  db: Db
  pool: pg.Pool
  close(): Promise<void>
}

/** Opens a pool. No connection is made before the first query. @param onError a connection that broke while idle */
export function openDatabase(url: string, options: { max: number; onError: (error: Error) => void }): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max,
    connectionTimeoutMillis: 10_000,
    application_name: 'pairpost',
    keepAlive: true,
  })
  // Without a listener a dropped idle connection would end the process.
  pool.on('error', options.onError)
  // Nor one that somebody holds for long, such as for a lock: whoever holds it is told by its next query.
  pool.on('connect', (client) => client.on('error', () => undefined))
  const db = new Kysely<DB>({ dialect: new PostgresDialect({ pool }) })
  const close = async () => {
    await db.destroy()
    // Kysely ends the pool only when it ran a query itself; migrations run on the pool.
    if (!pool.ended) await pool.end()
  }
  return { db, pool, close }
}
