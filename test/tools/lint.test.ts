import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { runTool, scratchProject } from './scratch-project.ts'

const FILE = 'src/features/rounds/queries.ts'

test('a Kysely query that nobody awaits is caught', async () => {
  const { code, out } = await lint("db.deleteFrom('jobs').execute()")
  expect(out).toContain('noFloatingPromises')
  expect(code).not.toBe(0)
})

test('so is one of a service that nobody awaits', async () => {
  const { code, out } = await lint('forget(db)')
  expect(out).toContain('noFloatingPromises')
  expect(code).not.toBe(0)
})

test('one that is awaited passes', async () => {
  const { code, out } = await lint("await db.deleteFrom('jobs').execute()")
  expect(out).not.toContain('noFloatingPromises')
  expect(code).toBe(0)
})

async function lint(statement: string) {
  const own = ['src/platform/db/open.ts', 'src/platform/db/schema.ts']
  const copies = await Promise.all(own.map(async (path) => [path, await readFile(path, 'utf8')] as const))
  const folder = await scratchProject(['biome.json'], {
    ...Object.fromEntries(copies),
    [FILE]: `import type { Db } from '../../platform/db/open.ts'

export async function forget(db: Db) {
  ${statement}
}
`,
  })
  return runTool(folder, 'biome', 'lint', FILE)
}
