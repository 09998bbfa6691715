/**
 * Writes src/platform/db/schema.ts from a freshly migrated database, or with --verify fails when the file differs.
 * Run by `npm run db:types`; `npm run check` verifies.
 */
import { execFileSync } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate } from '../src/platform/db/migrate.ts'
import { openDatabase } from '../src/platform/db/open.ts'
import { startEmbeddedPostgres } from '../src/platform/embedded/postgres.ts'

const TARGET = 'src/platform/db/schema.ts'
const verify = process.argv.includes('--verify')
const folder = await mkdtemp(join(tmpdir(), 'pairpost-schema-'))
// PostgreSQL runs as a user of its own when we are root: it must reach the folder.
await chmod(folder, 0o711)
const server = await startEmbeddedPostgres(join(folder, 'postgres'), ['-c', 'fsync=off'])
try {
  const { pool, close } = openDatabase(server.url, { max: 2, onError: () => undefined })
  await migrate(pool)
  await close()
  const out = verify ? join(folder, 'schema.ts') : TARGET
  execFileSync(
    'node_modules/.bin/kysely-codegen',
    [
      '--dialect=postgres',
      `--url=${server.url}`,
      `--out-file=${out}`,
      '--default-schema=public',
      '--include-pattern=public.*',
      '--type-mapping={"int8":"number","date":"string"}',
      '--date-parser=string',
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  )
  if (verify && (await readFile(out, 'utf8')) !== (await readFile(TARGET, 'utf8'))) {
    console.error(`${TARGET} does not match the migrations. Run: npm run db:types`)
    process.exitCode = 1
  }
} finally {
  await server.stop()
  await rm(folder, { recursive: true, force: true })
}
