import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { parseConfig } from '../../src/config.ts'
import { type Deps, openDeps } from '../../src/deps.ts'
import { testClock } from './clock.ts'
import { cloneDatabase } from './database.ts'

export type TestDeps = Deps & { clock: ReturnType<typeof testClock> }

/** Real dependencies on a fresh database, closed when the test ends. @param environment as in `.env` */
export async function openTestDeps(environment: Record<string, string> = {}): Promise<TestDeps> {
  const database = await cloneDatabase()
  const dataDir = await mkdtemp(join(tmpdir(), 'pairpost-data-'))
  const config = parseConfig({
    DATABASE_URL: database.url,
    DATA_DIR: dataDir,
    LOG_LEVEL: 'fatal',
    API_TOKEN: TEST_TOKEN,
    SECRET_KEY: 'a secret that only the tests have: 32+',
    ...environment,
  })
  const clock = testClock()
  const deps = await openDeps(config, { clock })
  onTestFinished(async () => {
    await deps.close()
    await database.drop()
    await rm(dataDir, { recursive: true, force: true })
  })
  return { ...deps, clock }
}

/** The bootstrap token of every test service: a director's. */
export const TEST_TOKEN = 'test-token-of-a-director'
