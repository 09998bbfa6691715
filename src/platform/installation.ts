import { randomUUID } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { Conflict } from '../lib/errors.ts'
import type { Db } from './db/open.ts'

/**
 * The fence around a restored or copied database (mail.md, 6). The database says who it is (an id, an epoch, where it
 * lives) and how far it has come; a file in DATA_DIR, which no dump or clone of the database carries along, says the
 * same of the last time this machine sent. When the database is another one or less far, nothing is sent until a
 * person says that it is the real one.
 *
 * Its limits: a copy of the whole machine, files and all, at the same paths cannot be told apart. Nor does a copy that
 * is adopted elsewhere stop the one it was made of: they know nothing of one another.
 */
interface Identity {
  id: string
  /** Goes up each time that a person decides. */
  epoch: number
  /** The cluster's system identifier, the database's name and number, and its folder when we may know it. */
  place: string
  /** The last dialogue that was begun: less than the file knows of means an older state of the database. */
  last_attempt: number
}

export interface Installation {
  /** Makes a database that never had anything to send known to this machine. Every process does so at its start. */
  register(): Promise<void>
  /** @throws Conflict `fenced` with a sentence that says what to do */
  assertMaySend(): Promise<void>
  /** A person says that this database, as it is now, is the real one. */
  adopt(): Promise<void>
}

export function openInstallation({ db, dataDir }: { db: Db; dataDir: string }): Installation {
  // One file per installation: a DATA_DIR may have served several databases.
  const fileOf = (id: string) => join(dataDir, `installation-${id}.json`)

  async function readDatabase(): Promise<Identity> {
    const { rows } = await sql<Identity>`
      select i.id, i.epoch,
        concat_ws(' ', (select system_identifier from pg_control_system()), d.oid, d.datname,
          case when pg_has_role(current_user, 'pg_read_all_settings', 'member') then current_setting('data_directory', true) end) as place,
        greatest(i.removed_attempt, (select max(a.id) from attempts a)) as last_attempt
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
    // Several runs of one process may write at once: each its own draft, and the rename is atomic.
    const draft = `${fileOf(identity.id)}.${randomUUID()}.new`
    await writeFile(draft, `${JSON.stringify(identity, null, 2)}\n`)
    await rename(draft, fileOf(identity.id))
  }

  return {
    async assertMaySend() {
      const { id } = await readDatabase()
      // The file before the database: both only go forward, and another process may move them on in between.
      const before = await readFileIdentity(id)
      const here = await readDatabase()
      if (!before)
        throw new Conflict('fenced', `This machine has not sent from this database before. ${ADVICE} ${JOINING}`)
      const difference = findDifference(before, here)
      if (difference) {
        throw new Conflict(
          'fenced',
          `This looks like a restored or copied database, so nothing is sent. ${difference} ${ADVICE}`,
        )
      }
      if (here.epoch !== before.epoch || here.last_attempt !== before.last_attempt) await write(here)
    },
    async register() {
      const here = await readDatabase()
      const { rows } = await sql<{ used: boolean }>`select exists (select from deliveries) as used`.execute(db)
      if (rows[0]?.used) return
      // Empty again, but in its place: nothing of it could be sent twice. A copy must not take over the file.
      const before = await readFileIdentity(here.id)
      if (!before || before.place === here.place) await write(here)
    },
    async adopt() {
      await sql`update installation set epoch = epoch + 1`.execute(db)
      await write(await readDatabase())
    },
  }
}

function findDifference(before: Identity, here: Identity): string | undefined {
  if (here.place !== before.place) return 'It lives in another place than the one that this machine last sent from.'
  if (here.epoch < before.epoch) return `It is at epoch ${here.epoch}, this machine last sent at epoch ${before.epoch}.`
  if (!(here.last_attempt >= before.last_attempt)) {
    return `Its last message is number ${here.last_attempt}, yet this machine knows of number ${before.last_attempt}.`
  }
  return undefined
}

const ADVICE = 'If it is the real one, run: npm run pairpost -- adopt'
const JOINING =
  '(A machine that joins others which send from it needs their installation file in its DATA_DIR instead.)'
