// `npm run check`: every step in a line with its time, and what it said when it failed. All of them run, so that one
// look shows everything that is wrong. `npm run check -- types layers` runs those alone.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { parseAllDocuments } from 'yaml'

const STEPS = [
  { name: 'format and lint', key: 'lint', run: () => program('biome', 'check', '--error-on-warnings', '.') },
  { name: 'types', key: 'types', run: () => program('tsc', '--noEmit') },
  { name: 'layers', key: 'layers', run: checkLayers },
  { name: 'dead code and dependencies', key: 'dead', run: () => program('knip', '--no-progress') },
  {
    name: 'generated schema',
    key: 'schema',
    run: () => program('node', 'tools/generate-schema.ts', '--verify'),
  },
  { name: 'lock file', key: 'lock', run: checkLock },
  { name: 'compose file', key: 'compose', run: checkCompose },
]

const wanted = process.argv.slice(2)
const unknown = wanted.filter((key) => !STEPS.some((step) => step.key === key))
if (unknown.length > 0) {
  console.error(`No such step: ${unknown.join(', ')}. Steps: ${STEPS.map((step) => step.key).join(', ')}`)
  process.exit(2)
}

let failed = 0
for (const { name, key, run } of STEPS) {
  if (wanted.length > 0 && !wanted.includes(key)) continue
  const began = performance.now()
  const fault = await run()
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  console.log(`${fault === undefined ? '✓' : '✗'} ${name.padEnd(28)} ${seconds.padStart(5)} s`)
  if (fault === undefined) continue
  failed++
  console.log(fault.trimEnd().replace(/^/gm, '    '))
}
console.log(failed === 0 ? 'All checks passed.' : `${failed} of the checks failed.`)
process.exit(failed === 0 ? 0 : 1)

/** What the program said when it failed; undefined when it did not. */
async function program(command, ...args) {
  const { code, out } = await output(command, args)
  return code === 0 ? undefined : out || `${command} ended with ${code}`
}

function output(command, args) {
  return new Promise((done) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
      // What they say is shown indented, in a log as well as on a screen.
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
    })
    const said = []
    const heard = []
    child.stdout.on('data', (chunk) => {
      said.push(chunk)
      heard.push(chunk)
    })
    child.stderr.on('data', (chunk) => said.push(chunk))
    child.on('error', (error) => done({ code: 1, out: error.message, stdout: '' }))
    child.on('close', (code) => done({ code, out: String(Buffer.concat(said)), stdout: String(Buffer.concat(heard)) }))
  })
}

/** Reading nothing would pass every rule, as it does without @swc/core: TypeScript 7 has no API to read with. */
async function checkLayers() {
  const folders = ['src', 'test', 'tools', 'bench'].filter((folder) => existsSync(folder))
  const { out, stdout } = await output('depcruise', [
    '--config',
    '.dependency-cruiser.cjs',
    '--output-type',
    'json',
    ...folders,
  ])
  let result
  try {
    result = JSON.parse(stdout)
  } catch {
    return out
  }
  const read = result.modules.filter(({ source }) => /^src\/.*\.ts$/.test(source))
  const followed = read.filter(({ dependencies }) => dependencies.length > 0)
  if (followed.length === 0) return 'No TypeScript module of src was read. Is @swc/core installed?'
  const violations = result.summary.violations.map(
    ({ rule, from, to, cycle }) => `${rule.name}: ${from} → ${cycle ? cycle.map((step) => step.name).join(' → ') : to}`,
  )
  return violations.length > 0 ? violations.join('\n') : undefined
}

/** The lock file must install anywhere: whole for every platform, and from whatever registry npm is set to. */
async function checkLock() {
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'))
  const tied = Object.entries(lock.packages).filter(([, { resolved }]) => resolved?.startsWith('http'))
  if (tied.length > 0) {
    return `package-lock.json names the registry of ${tied.length} packages (${tied[0][0]}, …). Use --omit-lockfile-registry-resolved.`
  }
  return program('npm', 'ci', '--dry-run', '--ignore-scripts', '--no-audit', '--no-fund')
}

function checkCompose() {
  const documents = parseAllDocuments(readFileSync('docker-compose.yml', 'utf8'))
  const faults = documents.flatMap(({ errors, warnings }) => [...errors, ...warnings]).map(({ message }) => message)
  if (faults.length > 0) return faults.join('\n')
  const services = Object.keys(documents[0]?.toJS()?.services ?? {})
  return services.length > 0 ? undefined : 'docker-compose.yml names no service'
}
