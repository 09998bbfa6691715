import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { ensureSender } from '../../src/features/deliveries/index.ts'
import { type Db, openDatabase } from '../../src/platform/db/open.ts'
import { openInstallation } from '../../src/platform/installation.ts'
import { cloneDatabase } from '../support/database.ts'
import { queueCampaign } from '../support/ledger.ts'

async function openFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pairpost-fence-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

async function open(url?: string) {
  const database = url === undefined ? await cloneDatabase() : { url, drop: async () => undefined }
  const { db, close } = openDatabase(database.url, { max: 3, onError: () => undefined })
  onTestFinished(async () => {
    await close()
    await database.drop()
  })
  return { db, close, url: database.url }
}

/** Something to send, and `count` dialogues that were begun. */
async function use(db: Db, count = 3): Promise<void> {
  if ((await db.selectFrom('deliveries').select('id').execute()).length === 0) await queueCampaign(db, ['a@x.example'])
  const sender = await ensureSender(db, undefined)
  await sql`insert into workers (host, pid) select 'h', 1 where not exists (select from workers)`.execute(db)
  await sql`insert into attempts (delivery_id, sender_id, worker_id, lane, address)
    select 1, ${sender}, (select min(id) from workers), 'campaign', 'a@x.example' from generate_series(1, ${count})`.execute(
    db,
  )
}

/** `create database … template …`, which copies everything: id, epoch and rows. */
async function cloneOf(url: string): Promise<string> {
  const target = new URL(url)
  const name = `${target.pathname.slice(1)}_copy`
  const admin = new URL(url)
  admin.pathname = '/postgres'
  const client = new pg.Client({ connectionString: admin.href })
  await client.connect()
  await client.query(`create database ${name} template ${target.pathname.slice(1)}`)
  onTestFinished(async () => {
    await client.query(`drop database ${name} with (force)`)
    await client.end()
  })
  target.pathname = `/${name}`
  return target.href
}

const fenced = { code: 'fenced' }

test('a new database is made known to this machine and may send', async () => {
  const { db } = await open()
  const installation = openInstallation({ db, dataDir: await openFolder() })
  await installation.register()
  await installation.assertMaySend()
  await use(db)
  await installation.assertMaySend()
  await installation.register()
  await installation.assertMaySend()
})

test('a database with something to send is not taken over by a machine that does not know it, until a person says so', async () => {
  const { db } = await open()
  await use(db)
  const installation = openInstallation({ db, dataDir: await openFolder() })
  await installation.register()
  await expect(installation.assertMaySend()).rejects.toMatchObject({
    ...fenced,
    message: expect.stringContaining('npm run pairpost -- adopt'),
  })
  await installation.adopt()
  await installation.assertMaySend()
})

test('a clone beside the original is fenced with the same DATA_DIR, and the original is not', async () => {
  const original = await open()
  const dataDir = await openFolder()
  const here = openInstallation({ db: original.db, dataDir })
  await here.register()
  await use(original.db)
  await here.assertMaySend()
  // A template must have no connections.
  await original.close()
  const copy = await open(await cloneOf(original.url))
  const there = openInstallation({ db: copy.db, dataDir })
  await there.register()
  await expect(there.assertMaySend()).rejects.toMatchObject({
    ...fenced,
    message: expect.stringContaining('another place'),
  })
  const again = await open(original.url)
  await openInstallation({ db: again.db, dataDir }).assertMaySend()
})

test('a clone of an empty database does not take over the file either', async () => {
  const original = await open()
  const dataDir = await openFolder()
  await openInstallation({ db: original.db, dataDir }).register()
  await original.close()
  const copy = await open(await cloneOf(original.url))
  const there = openInstallation({ db: copy.db, dataDir })
  await there.register()
  await expect(there.assertMaySend()).rejects.toMatchObject(fenced)
  const again = await open(original.url)
  await openInstallation({ db: again.db, dataDir }).assertMaySend()
})

test('last night’s backup put back in the same place is fenced: what left since would leave again', async () => {
  const { db } = await open()
  const installation = openInstallation({ db, dataDir: await openFolder() })
  await installation.register()
  await use(db, 10)
  await installation.assertMaySend()
  await sql`delete from attempts where id > 4`.execute(db)
  await expect(installation.assertMaySend()).rejects.toMatchObject({
    ...fenced,
    message: expect.stringMatching(/number 4, yet this machine knows of number 10/),
  })
  await installation.adopt()
  await installation.assertMaySend()
})

test('a state from before somebody adopted it is fenced; one that somebody adopted meanwhile is not', async () => {
  const { db } = await open()
  const [dataDir, other] = [await openFolder(), await openFolder()]
  const installation = openInstallation({ db, dataDir })
  await installation.register()
  await use(db)
  // A second machine for the same database: it joins by a person's word, and the first goes on.
  const second = openInstallation({ db, dataDir: other })
  await expect(second.assertMaySend()).rejects.toMatchObject(fenced)
  await second.adopt()
  await second.assertMaySend()
  await installation.assertMaySend()
  await sql`update installation set epoch = epoch - 1`.execute(db)
  await expect(installation.assertMaySend()).rejects.toMatchObject({
    ...fenced,
    message: expect.stringContaining('epoch'),
  })
  await expect(second.assertMaySend()).rejects.toMatchObject(fenced)
})

test('a file that cannot be read fences: better too much than twice', async () => {
  const { db } = await open()
  const dataDir = await openFolder()
  const installation = openInstallation({ db, dataDir })
  await installation.register()
  await use(db)
  const [file] = (await readdir(dataDir)) as [string]
  for (const text of ['{"id":', '{}', '']) {
    await writeFile(join(dataDir, file), text)
    await expect(installation.assertMaySend()).rejects.toMatchObject(fenced)
  }
})

test('many runs ask at once while mail leaves: none is fenced, and no draft of the file is left behind', async () => {
  const { db } = await open()
  const dataDir = await openFolder()
  const installation = openInstallation({ db, dataDir })
  await installation.register()
  await use(db)
  for (let round = 0; round < 5; round++) {
    await Promise.all([use(db), ...Array.from({ length: 8 }, () => installation.assertMaySend()), use(db)])
  }
  expect(await readdir(dataDir)).toHaveLength(1)
})

test('one DATA_DIR may serve several databases', async () => {
  const dataDir = await openFolder()
  for (const { db } of [await open(), await open()]) {
    await sql`update installation set id = gen_random_uuid()`.execute(db)
    const installation = openInstallation({ db, dataDir })
    await installation.register()
    await use(db)
    await installation.assertMaySend()
  }
  expect(await readdir(dataDir)).toHaveLength(2)
})
