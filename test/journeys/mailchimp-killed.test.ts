import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { measureDrift } from '../../src/features/mailchimp/index.ts'
import type { FakeMember, Fault } from '../../src/platform/mailchimp/fake/index.ts'
import { type Random, seededRandom, shuffled } from '../../src/platform/mailchimp/fake/random.ts'
import { addPeople } from '../features/mailchimp/mirror/programme.ts'
import { act, addPerson, addRounds, type Deeds, newDeeds } from './mailchimp/acts.ts'
import { compare } from './mailchimp/compare.ts'
import type { Order } from './mailchimp/process.ts'
import { letTimePass, openStage, type Stage, type Worker } from './mailchimp/stage.ts'

/** The long form takes a quarter of an hour: `PAIRPOST_MAILCHIMP_SYNCS=1000 npx vitest run test/journeys/mailchimp-killed.test.ts`. */
const SYNCS = Number(process.env.PAIRPOST_MAILCHIMP_SYNCS ?? 25)
const SEED = Number(process.env.PAIRPOST_MAILCHIMP_SEED ?? 1)
const PEOPLE = 45
const MOST_ACTS = 10
const KILLED = 0.4
const FAULTS: readonly Fault[] = [
  ...(['busy', 'forbidden', 'html', 'hang', 'hang-after', 'cut-before'] as const),
  ...(['cut-after', 'reset-before', 'reset-after', 'member-errors', 'slow'] as const),
]
const HOUR_MS = 3600_000

/** What happened on the way. */
interface Course {
  syncs: number
  kills: number
  messages: number
  lost: number
}

test(`${SYNCS} syncs with every fault of Mailchimp, killed with -9 again and again: both sides end equal, nobody is unsubscribed or lost`, {
  timeout: 120_000 + SYNCS * 5000,
}, async () => {
  const random = seededRandom(SEED)
  const stage = await openStage(SEED)
  const { deps, fake } = stage
  const deeds = newDeeds()
  await addRounds(stage)
  for (let at = 0; at < PEOPLE; at++) await addPerson(stage, deeds, random)
  const course: Course = { syncs: 0, kills: 0, messages: 0, lost: 0 }
  const workers = [stage.startWorker(), stage.startWorker()]
  const began = performance.now()
  while (course.syncs < SYNCS) {
    await playOne({ stage, deeds, random, workers, course })
    if (course.syncs % 100 === 0) console.log(JSON.stringify(course))
  }

  fake.faults.stop()
  stage.web.hears = () => 'heard'
  await fake.deliverWebhooks()
  const [worker] = workers
  await settle(stage, worker as Worker, 'sweep')
  await settle(stage, worker as Worker, 'whole')
  const { faults, counts } = await compare(stage, deeds)
  const ms = Math.round((performance.now() - began) / Math.max(1, course.syncs))
  console.log(`${JSON.stringify(course)}, ${ms} ms each, at once ${fake.mostAtOnce}, ${fake.calls.length} calls`)
  console.table({
    ...counts,
    ...Object.fromEntries(Object.entries(fake.faults.happened).map(([k, n]) => [`fault ${k}`, n])),
  })
  console.log(JSON.stringify(deeds.done))
  expect(faults).toEqual([])
  expect(course.kills).toBeGreaterThan(0)
  if (SYNCS >= 100) expect(Object.keys(fake.faults.happened).sort()).toEqual([...FAULTS].sort())
  expect(fake.mostAtOnce).toBeLessThanOrEqual(8)
  expect(fake.calls.filter(({ status, fault }) => status === 429 && fault !== 'busy')).toEqual([])
  expect(await measureDrift(deps)).toMatchObject({ drift: 0, items: [] })
  fake.resetCalls()
  await settle(stage, worker as Worker, 'whole')
  expect(fake.writes).toBe(0)
  expect(fake.violations).toEqual([])
  await expectComparisonToSee(stage, deeds)
})

/** What is compared would not be equal had one contact one tag less. */
async function expectComparisonToSee(stage: Stage, deeds: Deeds): Promise<void> {
  const known = new Set(deeds.people.flatMap(({ addresses }) => addresses))
  const isMirrored = ({ email_address, status, tags }: FakeMember) =>
    status === 'subscribed' && known.has(email_address) && tags.includes('2016A confirmed')
  const member = stage.fake.members().find(isMirrored)
  if (!member) throw new Error('nobody is confirmed')
  stage.fake.staffUntags(member.email_address, '2016A confirmed')
  expect((await compare(stage, deeds)).faults).toHaveLength(1)
}

const MANY = 3200
/** Each worker but the last ends so in its first sync of many. */
const ENDS: Order['end'][] = [
  // What a batch was asked to do is done there, and nobody knows which batch it was.
  { after: 'answer', count: 1 },
  // Somewhere in noting what it did.
  { before: 'statement', count: 45 },
  ...(SYNCS < 100 ? [] : [{ after: 'answer' as const, count: 2 }]),
  undefined,
]

test(`${MANY} added by batches, killed with -9 in the middle: everybody is there once, with their tag`, {
  timeout: 120_000,
}, async () => {
  const stage = await openStage(2)
  const { deps, fake } = stage
  await addPeople({ deps: deps as never }, MANY)
  const ended: boolean[] = []
  for (const end of ENDS) {
    const worker = stage.startWorker()
    stage.advance(HOUR_MS)
    await letTimePass(stage)
    ended.push((await worker.obey({ work: 'whole', end })) === undefined)
    await worker.kill()
  }
  expect(ended).toEqual(ENDS.map((end) => end !== undefined))
  expect(fake.calls.some(({ path }) => path === '/batches')).toBe(true)
  expect(fake.countMembers()).toEqual({ subscribed: MANY })
  expect(fake.tags()['2016A confirmed']).toHaveLength(MANY)
  expect(await measureDrift(deps)).toMatchObject({ here: MANY, in_step: MANY, drift: 0 })
  fake.resetCalls()
  await settle(stage, stage.startWorker(), 'whole')
  expect(fake.writes).toBe(0)
})

interface Playing {
  stage: Stage
  deeds: Deeds
  random: Random
  workers: Worker[]
  course: Course
}

/** A sync of one worker beside a sweep of another, while things happen on both sides. */
async function playOne({ stage, deeds, random, workers, course }: Playing): Promise<void> {
  const pick = <T>(some: readonly T[]): T => some[random.below(some.length)] as T
  const { fake } = stage
  fake.faults.random(pick([0, 0.1, 0.2, 0.3]), shuffled(FAULTS, random).slice(0, 4))
  stage.advance(pick([2000, 60_000, 700_000, 30 * HOUR_MS]))
  const acts = random.below(MOST_ACTS)
  for (let at = 0; at < acts; at++) await act(stage, deeds, random)
  stage.web.hears = () => {
    course.messages++
    const fate = pick(['heard', 'heard', 'heard', 'lost', 'failed'] as const)
    if (fate === 'lost') course.lost++
    return fate
  }
  await letTimePass(stage)
  const work = random.next() < 0.5 ? ('whole' as const) : ('changes' as const)
  const [one, other] = shuffled([0, 1], random) as [number, number]
  const isFatal = random.next() < KILLED
  const way = pick(['statement', 'answer', 'time'] as const)
  const end: Order['end'] = !isFatal
    ? undefined
    : way === 'statement'
      ? { before: way, count: 1 + random.below(40) }
      : way === 'answer'
        ? { after: way, count: 1 + random.below(4) }
        : undefined
  const working = Promise.all([workers[one]?.obey({ work, end }), workers[other]?.obey({ work: 'sweep' })])
  const killing = isFatal && way === 'time' ? killAfter(random.below(120), workers[pick([0, 1])] as Worker) : undefined
  const telling = fake.deliverWebhooks({ times: 1 + random.below(5), order: 'shuffled' })
  for (let at = random.below(3); at > 0; at--) {
    await new Promise((done) => setTimeout(done, random.below(60)))
    await act(stage, deeds, random)
  }
  await telling
  await killing
  const reports = await working
  course.syncs++
  expect(reports.flatMap((report) => report?.fault ?? [])).toEqual([])
  for (const [at, worker] of workers.entries()) {
    if (worker.isAlive()) continue
    course.kills++
    workers[at] = stage.startWorker()
  }
}

async function killAfter(ms: number, worker: Worker): Promise<void> {
  await worker.ready
  await new Promise((done) => setTimeout(done, ms))
  await worker.kill()
}

/** What is late is seen, and one worker does its work without any fault. */
async function settle(stage: Stage, worker: Worker, work: Order['work']): Promise<void> {
  stage.advance(HOUR_MS)
  await letTimePass(stage)
  expect(await worker.obey({ work })).toEqual({})
  const { rows } = await sql`select kind, error from jobs where state in ('waiting', 'running')`.execute(stage.deps.db)
  expect(rows).toEqual([])
}
