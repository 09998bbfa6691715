import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { DEFAULT_SCHEMA, runMigrations } from 'bullmq'
import type pg from 'pg'
import { Conflict } from '../../lib/errors.ts'

const FOLDER = new URL('../../../migrations/', import.meta.url)
/** Spells PAIR: two processes that migrate at once wait for each other. */
const MIGRATION_LOCK = 0x50414952

/** Names of the migrations that the database does not have yet, in order. @throws Conflict when one was edited */
export async function listPendingMigrations(pool: pg.Pool): Promise<string[]> {
  const { rows: known } = await pool.query("select to_regclass('public.migrations') is not null as exists")
  const applied = new Map<string, string>()
  if (known[0].exists) {
    const { rows } = await pool.query<{ name: string; sha256: string }>('select name, sha256 from migrations')
    for (const { name, sha256 } of rows) applied.set(name, sha256)
  }
  const pending: string[] = []
  for (const { name, sha256 } of await readMigrations()) {
    const before = applied.get(name)
    if (before === undefined) pending.push(name)
    else if (before !== sha256) {
      throw new Conflict(
        'migration_edited',
        `Migration ${name} was changed after it was applied. Add a new migration instead.`,
      )
    }
  }
  return pending
}

/** Applies what is pending, each in its own transaction, and the queue's own tables. Returns the names applied. */
export async function migrate(pool: pg.Pool): Promise<string[]> {
  const client = await pool.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK])
    await client.query(
      'create table if not exists migrations (name text primary key, sha256 text not null, applied_at timestamptz not null default now())',
    )
    const pending = new Set(await listPendingMigrations(pool))
    for (const { name, sha256, text } of await readMigrations()) {
      if (!pending.has(name)) continue
      await client.query('begin')
      try {
        await client.query(text)
        await client.query('insert into migrations (name, sha256) values ($1, $2)', [name, sha256])
        await client.query('commit')
      } catch (error) {
        await client.query('rollback')
        throw error
      }
    }
    await runMigrations(client, DEFAULT_SCHEMA)
    return [...pending]
  } finally {
    await client.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined)
    client.release()
  }
}

async function readMigrations() {
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.sql')).sort()
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(new URL(name, FOLDER), 'utf8')
      return { name, text, sha256: createHash('sha256').update(text).digest('hex') }
    }),
  )
}
