import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { Conflict } from '../lib/errors.ts'
import type { Db } from './db/open.ts'

/**
 * The fence around a restored or copied database (mail.md, 6). The database says who it is (an id, an epoch, and
 * where it lives); a file in DATA_DIR, which no dump or clone of the database carries along, says who it was the last
 * time. When the two differ, nothing is sent until a person says which copy is the real one.
 *
 * Its limits: a copy of the whole machine, files and all, at the same paths cannot be told apart.
 */
interface Identity {
  id: string
  epoch: number
  /** The cluster's system identifier, the database's name and number, and its folder when we may know it. */
  place: string
}

export interface Installation {
  /** Makes a database that never had anything to send known to this machine. Every process does so at its start. */
  register(): Promise<void>
  /** @throws Conflict `fenced` with a sentence that says what to do */
  assertMaySend(): Promise<void>
  /**
   * A person says that this database is the real one. The epoch goes up, so that any other copy is fenced from now on.
   */
  adopt(): Promise<void>
}

export function openInstallation({ db, dataDir }: { db: Db; dataDir: string }): Installation {
  // One file per installation: a DATA_DIR may have served several databases.
  const fileOf = (id: string) => join(dataDir, `installation-${id}.json`)

  async function readDatabase(): Promise<Identity> {
    const { rows } = await sql<Identity>`
      select i.id, i.epoch,
        concat_ws(' ', (select system_identifier from pg_control_system()), d.oid, d.datname,
          case when pg_has_role(current_user, 'pg_read_all_settings', 'member') then current_setting('data_directory', true) end) as place
      from installation i, pg_database d where d.datname = current_database()`.execute(db)
    return rows[0] as Identity
  }

  async function readFileIdentity(id: string): Promise<Identity | undefined> {
    try {
      return JSON.parse(await readFile(fileOf(id), 'utf8')) as Identity
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw new Conflict('fenced', `${fileOf(id)} cannot be read, so nothing is sent. ${ADVICE}`)
    }
  }

  async function write(identity: Identity): Promise<void> {
    const draft = `${fileOf(identity.id)}.${process.pid}.new`
    await writeFile(draft, `${JSON.stringify(identity, null, 2)}\n`)
    await rename(draft, fileOf(identity.id))
  }

  return {
    async assertMaySend() {
      const here = await readDatabase()
      const before = await readFileIdentity(here.id)
      if (!before) throw new Conflict('fenced', `This machine has not sent from this database before. ${ADVICE}`)
      if (before.epoch === here.epoch && before.place === here.place) return
      const difference =
        before.epoch === here.epoch
          ? 'It lives in another place than the one that this machine last sent from.'
          : `It is at epoch ${here.epoch}, this machine last sent at epoch ${before.epoch}: one of them is older.`
      throw new Conflict('fenced', `This looks like a restored or copied database, so nothing is sent. ${difference} ${ADVICE}`)
    },
    async register() {
      const here = await readDatabase()
      const { rows } = await sql<{ used: boolean }>`select exists (select from deliveries) as used`.execute(db)
      if (!rows[0]?.used && !(await readFileIdentity(here.id))) await write(here)
    },
    async adopt() {
      await sql`update installation set epoch = epoch + 1`.execute(db)
      await write(await readDatabase())
    },
  }
}

const ADVICE = 'If it is the real one, run: npm run pairpost -- adopt'
