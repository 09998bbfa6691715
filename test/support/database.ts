import { chmod, mkdtemp, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { inject } from 'vitest'
import type { TestProject } from 'vitest/node'
import { migrate } from '../../src/platform/db/migrate.ts'
import { openDatabase } from '../../src/platform/db/open.ts'
import { startEmbeddedPostgres } from '../../src/platform/embedded/postgres.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    serverUrl: string
  }
}

/** Global set-up: one real PostgreSQL for the run, with a migrated template database to clone from. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(await roomiestFolder(), 'pairpost-test-'))
  await chmod(folder, 0o711)
  const server = await startEmbeddedPostgres(join(folder, 'postgres'), [
    '-c',
    'fsync=off',
    '-c',
    'full_page_writes=off',
  ])
  const { pool, close } = openDatabase(server.url, { max: 2, onError: () => undefined })
  await migrate(pool)
  await close()
  project.provide('serverUrl', server.url)
  return async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

const MEMORY = '/dev/shm'
const WANTED_OCTETS = 2 * 1024 ** 3

/**
 * In memory where there is room: a test's database is some seven hundred files, made and deleted again, and a file system
 * on a disk looks for a number for each that was not in use a moment ago (a fifth of the whole run on ext4).
 */
async function roomiestFolder(): Promise<string> {
  const room = await statfs(MEMORY).catch(() => undefined)
  return room && room.bavail * room.bsize > WANTED_OCTETS ? MEMORY : tmpdir()
}

let made = 0

/** The address of a fresh, migrated, empty database (about 30 ms), and how to drop it. */
export async function cloneDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const url = new URL(inject('serverUrl'))
  const name = `test_${process.pid}_${Date.now()}_${made++}`
  // Half the time of writing it through the log, where nothing waits for a disk.
  await asAdmin(url, `create database ${name} template pairpost strategy file_copy`)
  const cloned = new URL(url)
  cloned.pathname = `/${name}`
  return { url: cloned.href, drop: () => asAdmin(url, `drop database if exists ${name} with (force)`) }
}

async function asAdmin(server: URL, statement: string): Promise<void> {
  const url = new URL(server)
  url.pathname = '/postgres'
  const client = new pg.Client({ connectionString: url.href })
  await client.connect()
  await client.query(statement)
  await client.end()
}
