import { expect, test } from 'vitest'
import { runTool, scratchProject } from './scratch-project.ts'

/** A small house in order. */
const HOUSE = {
  'src/lib/clock.ts': 'export const now = () => 0\nexport interface Clock { now(): number }\n',
  'src/platform/db/open.ts': "import { now } from '../../lib/clock.ts'\nexport const open = now\n",
  'src/jobs/catalog.ts': "import { open } from '../platform/db/open.ts'\nexport const jobs = open\n",
  'src/features/rounds/rules.ts': 'export const stage = 1\nexport interface Stage { name: string }\n',
  'src/features/rounds/index.ts': "export { stage, type Stage } from './rules.ts'\n",
  'src/features/campaigns/index.ts': "import { stage } from '../rounds/index.ts'\nexport const campaign = stage\n",
  'src/config.ts': 'export interface Config { port: number }\n',
  'src/app.ts': "import { campaign } from './features/campaigns/index.ts'\nexport const app = campaign\n",
}

test('a house in order passes, and was read', async () => {
  const { violations, read } = await cruise({})
  expect(violations).toEqual([])
  expect(read).toBe(Object.keys(HOUSE).length)
})

test.each([
  ['lib-uses-only-what-is-below', 'src/lib/clock.ts', '../platform/db/open.ts'],
  ['lib-is-pure', 'src/lib/clock.ts', 'node:fs/promises'],
  ['platform-uses-only-what-is-below', 'src/platform/db/open.ts', '../../jobs/catalog.ts'],
  ['jobs-uses-only-what-is-below', 'src/jobs/catalog.ts', '../features/rounds/index.ts'],
  ['features-uses-only-what-is-below', 'src/features/rounds/rules.ts', '../../app.ts'],
  ['a-feature-has-one-front-door', 'src/features/campaigns/index.ts', '../rounds/rules.ts'],
  ['features-are-entered-by-index-from-above', 'src/app.ts', './features/rounds/rules.ts'],
  ['no-circle-between-features', 'src/features/rounds/index.ts', '../campaigns/index.ts'],
  ['no-circle', 'src/features/rounds/rules.ts', './index.ts'],
  ['only-the-top-reads-the-config', 'src/platform/db/open.ts', '../../config.ts'],
  ['everything-resolves', 'src/app.ts', './nowhere.ts'],
  ['program-code-needs-no-dev-dependency', 'src/app.ts', 'vitest'],
])('%s: %s must not import %s', async (rule, path, imported) => {
  const { violations } = await cruise({ [path]: `import * as more from '${imported}'\nexport const used = more\n` })
  expect(violations).toContain(rule)
})

test.each([
  ['platform-uses-only-what-is-below', 'src/platform/db/open.ts', '../../features/rounds/index.ts'],
  ['only-the-top-reads-the-config', 'src/lib/clock.ts', '../config.ts'],
  ['a-feature-has-one-front-door', 'src/features/campaigns/index.ts', '../rounds/rules.ts'],
])('%s: not even by type', async (rule, path, imported) => {
  const { violations } = await cruise({ [path]: `import type { Any } from '${imported}'\nexport type Used = Any\n` })
  expect(violations).toContain(rule)
})

/** @param added text that is put before what the file of the house says */
async function cruise(added: Record<string, string>) {
  const files: Record<string, string> = { ...HOUSE }
  for (const [path, text] of Object.entries(added)) files[path] = `${text}${files[path] ?? ''}`
  const folder = await scratchProject(['.dependency-cruiser.cjs'], files)
  const { out } = await runTool(folder, 'depcruise', '--config', '.dependency-cruiser.cjs', '-T', 'json', 'src')
  const { modules, summary } = JSON.parse(out.slice(out.indexOf('{'), out.lastIndexOf('}') + 1)) as {
    modules: { source: string }[]
    summary: { violations: { rule: { name: string } }[] }
  }
  return {
    violations: summary.violations.map(({ rule }) => rule.name),
    read: modules.filter(({ source }) => source.startsWith('src/')).length,
  }
}
