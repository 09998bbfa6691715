/**
 * `npm run bench:matching`: the goals of the matching, measured side by side in one run on made-up people: the solver
 * against npm's edmonds-blossom-fixed and, where Debian's packages are installed, LEMON and networkx; whole runs with
 * their memory; greedy; what if. `-- --large` adds 100,000 people (ten minutes and more), `-- --quick` leaves out what
 * takes minutes. Every solver must find the same total.
 */
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { writeInstance } from './instance.ts'
import { openLemon, openNetworkx, type Solved } from './rivals.ts'
import { SIDES } from './sides.ts'

const run = promisify(execFile)
const { values } = parseArgs({
  options: {
    large: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    side: { type: 'string' },
    people: { type: 'string' },
  },
})

interface Row {
  what: string
  people: number
  measured: string
  goal: string
  met: string
}

interface Whole {
  seconds: number
  peak_mb: number
  cpu_seconds: number
  figures: { total_score: number; worst_score: number; unmatched: number }
  greedy: { total_score: number; worst_score: number; unmatched: number }
  proven_optimal: boolean
  gap: number
}

if (values.side) console.log(JSON.stringify(await SIDES[values.side]?.(Number(values.people))))
else await compare()

async function compare(): Promise<void> {
  const rows: Row[] = []
  const all: Record<string, unknown> = {}
  const folder = await mkdtemp(join(tmpdir(), 'pairpost-bench-'))
  const add = (row: Omit<Row, 'met'>, met?: boolean) => {
    rows.push({ ...row, met: met === undefined ? '' : met ? 'yes' : 'NO' })
    console.log(`${row.people} ${row.what}: ${row.measured}`)
  }
  const ratio = (what: string, people: number, times: number, goal?: number) =>
    add(
      { what, people, measured: `${times.toFixed(1)} ×`, goal: goal ? `≥ ${goal} ×` : '' },
      goal ? times >= goal : undefined,
    )

  try {
    await solvers(folder, all, ratio)
    const ban = await side<{ median_ms: number; p95_ms: number }>('ban', 1162, all)
    const words = `median ${ban.median_ms.toFixed(1)} ms, 95 % ${ban.p95_ms.toFixed(1)} ms`
    add({ what: 'anew after one ban', people: 1162, measured: words, goal: '≤ 15 ms' }, ban.median_ms <= 15)
    await wholeRuns(all, add)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  const machine = `${availableParallelism()} processors, load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}`
  console.log(`\n${machine}\n`)
  console.table(rows)
  await writeFile('bench-matching.json', `${JSON.stringify({ machine, rows, all }, null, 2)}\n`)
}

async function solvers(
  folder: string,
  all: Record<string, unknown>,
  ratio: (what: string, people: number, times: number, goal?: number) => void,
): Promise<void> {
  const ours = new Map<number, Solved>()
  for (const people of [300, 1162, 5000]) ours.set(people, await side<Solved>('solver', people, all))
  const own = (people: number): Solved => ours.get(people) as Solved
  const compareWith = (name: string, people: number, theirs: Solved, goals: [number?, number?]) => {
    all[`${name} ${people}`] = theirs
    if (theirs.total !== own(people).total) throw new Error(`${name} found ${theirs.total}, we ${own(people).total}`)
    ratio(`${name}, warm`, people, theirs.best_ms / own(people).best_ms, goals[0])
    ratio(`${name}, fresh`, people, theirs.first_ms / own(people).first_ms, goals[1])
  }

  const small = values.quick ? 300 : 1162
  compareWith('edmonds-blossom-fixed', small, await side('npm', small, all), values.quick ? [] : [200, 80])

  const instance = async (people: number): Promise<string> => {
    const file = join(folder, `${people}.bin`)
    await writeInstance(file, people)
    return file
  }
  const lemon = await openLemon(folder)
  if (!lemon) console.log('LEMON: not here (Debian: liblemon-dev and g++)')
  else {
    compareWith('LEMON', 1162, await lemon(await instance(1162), 3), [8, 2.5])
    if (!values.quick) {
      const theirs = await lemon(await instance(5000), 1)
      compareWith('LEMON', 5000, theirs, [])
      const whole = await side<Whole>('whole', 5000, all)
      ratio('LEMON’s solving against a whole run', 5000, theirs.first_ms / 1000 / whole.seconds, 50)
    }
  }
  const networkx = await openNetworkx()
  if (!networkx) console.log('networkx: not here (Debian: python3-networkx)')
  // It takes minutes for more people.
  else compareWith('networkx', 300, await networkx(await instance(300)), [])
}

async function wholeRuns(
  all: Record<string, unknown>,
  add: (row: Omit<Row, 'met'>, met?: boolean) => void,
): Promise<void> {
  const goals: [people: number, seconds: number, mb: number][] = [
    [1162, 0.5, 150],
    [5000, 1.5, 200],
    [20_000, 12, 600],
    ...(values.large ? ([[100_000, 600, 700]] as [number, number, number][]) : []),
  ]
  for (const [people, seconds, mb] of goals) {
    const whole = await side<Whole>('whole', people, all)
    if (!whole.proven_optimal) throw new Error(`${people}: not proven`)
    add(
      { what: 'whole run', people, measured: `${whole.seconds.toFixed(2)} s`, goal: `≤ ${seconds} s` },
      whole.seconds <= seconds,
    )
    add(
      { what: 'memory', people, measured: `${Math.round(whole.peak_mb)} MB`, goal: `≤ ${mb} MB` },
      whole.peak_mb <= mb,
    )
    const { figures, greedy } = whole
    const percent = (100 * (figures.total_score - greedy.total_score)) / greedy.total_score
    const worst = (figures.worst_score - greedy.worst_score) / 100
    const words = `total +${percent.toFixed(1)} %, left over ${figures.unmatched} against ${greedy.unmatched}, worst +${worst.toFixed(1)} points`
    add(
      { what: 'against greedy', people, measured: words, goal: '≥ +3 %, none avoidable, ≥ +10' },
      percent >= 3 && worst >= 10,
    )
  }
}

async function side<Measured>(name: string, people: number, all: Record<string, unknown>): Promise<Measured> {
  const { stdout } = await run(
    process.execPath,
    [join(import.meta.dirname, 'run.ts'), '--side', name, '--people', String(people)],
    { maxBuffer: 1 << 24 },
  )
  const measured = JSON.parse(stdout.trim().split('\n').at(-1) as string) as Measured
  all[`${name} ${people}`] = measured
  return measured
}
