import { join } from 'node:path'
import type { Config } from './config.ts'
import { openDeps } from './deps.ts'
import { holdRestored } from './features/deliveries/index.ts'
import { createApiToken, printFirstSignIn, printSignIn } from './features/staff/index.ts'
import type { Role } from './lib/permissions.ts'
import { migrate } from './platform/db/migrate.ts'
import { openDatabase } from './platform/db/open.ts'
import { startEmbeddedPostgres } from './platform/embedded/postgres.ts'
import { openInstallation } from './platform/installation.ts'

/** The commands beside the service: each says in a line what it did. */

export async function migrateDatabase(config: Config): Promise<void> {
  const embedded = config.databaseUrl ? undefined : await startEmbeddedPostgres(join(config.dataDir, 'postgres'))
  const url = config.databaseUrl ?? (embedded as { url: string }).url
  const { pool, close } = openDatabase(url, { max: 2, onError: () => undefined })
  try {
    const applied = await migrate(pool)
    console.log(applied.length === 0 ? 'The database is up to date.' : `Applied ${applied.join(', ')}.`)
  } finally {
    await close()
    await embedded?.stop()
  }
}

export async function createToken(config: Config, input: { role: Role; name: string }): Promise<void> {
  const deps = await openDeps({ ...config, logLevel: 'warn' })
  try {
    console.log((await createApiToken(deps, input)).token)
    console.error('This token is shown once. Send it as "Authorization: Bearer …".')
  } finally {
    await deps.close()
  }
}

/** Into the console, once: for the first director, for who has lost the way in, or for whoever has this address. */
export async function printSignInLink(config: Config, input: { address: string | undefined }): Promise<void> {
  const deps = await openDeps({ ...config, logLevel: 'warn' })
  try {
    const first = input.address === undefined ? await printFirstSignIn(deps) : undefined
    console.log(first ?? (await printSignIn(deps, input)))
    console.error('The link works once, within a day.')
  } finally {
    await deps.close()
  }
}

export async function adopt(config: Config): Promise<void> {
  const deps = await openDeps({ ...config, logLevel: 'warn' })
  try {
    // What waits may have left already, after the copy was made: a person looks before it goes on.
    const held = await holdRestored(deps.db)
    await openInstallation({ db: deps.db, dataDir: config.dataDir }).adopt()
    console.log(
      'This machine now sends from this database. Should another copy of it still run elsewhere, stop that one.',
    )
    if (held > 0)
      console.log(
        `${held} deliveries that waited are held: look at their campaigns, and resume those that should go on.`,
      )
  } finally {
    await deps.close()
  }
}
