import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import { sweepDeliveries } from '../../../src/features/campaigns/index.ts'
import { exchangeAttempts } from '../../../src/features/deliveries/exchange-queries.ts'
import { ensureSender, resolveDelivery, sendDue } from '../../../src/features/deliveries/index.ts'
import { claimDue } from '../../../src/features/deliveries/ledger-queries.ts'
import { decideOutcome } from '../../../src/features/deliveries/outcome.ts'
import { recordStopped, recoverLost, registerWorker } from '../../../src/features/deliveries/run-queries.ts'
import { introduce, listIntroductionTroubles } from '../../../src/features/partnerships/index.ts'
import { openTestDeps } from '../../support/deps.ts'
import { eventually } from '../../support/eventually.ts'
import { neverStopped, sendDeps } from '../../support/ledger.ts'
import { countsByRecipient } from '../../support/sink/analyse.ts'
import { startSink } from '../../support/sink/sink.ts'
import { addIntroductions, copiesOf, introducedIn } from './round.ts'

const ACCEPTED = decideOutcome({ kind: 'accepted', code: 250, enhanced: undefined, words: '250 ok' }, 1)

/** One pair, introduced a moment ago, and runs that can be lost between any two steps. */
async function openPair(names = ['ana', 'ben']) {
  const deps = await openTestDeps()
  const { db, clock } = deps
  const sender_id = await ensureSender(db, undefined)
  const { round_id, partnership_ids } = await addIntroductions(db, [names])
  const { campaign_id } = await introduce(deps, { round_id })
  const sweep = async () => {
    await recoverLost(db)
    await sweepDeliveries({ ...deps, senderId: sender_id, countWaiting: async () => 0, ring: async () => undefined })
  }
  await sweep()
  const openRun = async () => {
    const worker_id = await registerWorker(db, 'elsewhere', 1)
    const run = { worker_id, sender_id }
    return {
      lose: () => recordStopped(db, worker_id),
      claim: (count = 9) =>
        claimDue(db, { ...run, now: clock.now(), count, lanes: ['automatic', 'campaign'], except: [] }),
      ask: (id: number, within: typeof db = db) =>
        exchangeAttempts(within, run, [], [id], clock.now(), true).then(([leave]) => leave),
      end: (delivery: { id: number; domain: string }, attempt_id: number, outcome = ACCEPTED) =>
        exchangeAttempts(
          db,
          run,
          [{ attempt_id, delivery_id: delivery.id, domain: delivery.domain, outcome, partnership_id: 1 }],
          [],
          clock.now(),
        ),
    }
  }
  return {
    ...{ db, clock, round_id, partnership_ids, sweep, openRun },
    copies: () => copiesOf(db, campaign_id),
    introduced: () => introducedIn(db, round_id),
    troubles: () => listIntroductionTroubles(db, round_id),
    decide: (id: number, as: 'accepted' | 'resend') => resolveDelivery(db, { id, as, now: clock.now() }),
  }
}

type Claims = [{ id: number; domain: string }, { id: number; domain: string }]

test('the first to ask is told whom to try first; its partner waits for the end of that dialogue, and then goes without', async () => {
  const pair = await openPair()
  const [one, other] = [await pair.openRun(), await pair.openRun()]
  const [[ana], [ben]] = [await one.claim(1), await other.claim()] as unknown as [Claims, Claims]
  const leave = await one.ask(ana.id)
  expect(leave).toMatchObject({ attempt_id: expect.any(Number), try_first: ['ben@library.example'] })
  expect(await other.ask(ben.id)).toMatchObject({ attempt_id: null, waits_for_partner: true, wait_ms: 20 })
  expect(await pair.copies()).toEqual({ ana: 'sending', ben: 'claimed' })
  await one.end(ana, leave?.attempt_id as number)
  expect(await other.ask(ben.id)).toMatchObject({ attempt_id: expect.any(Number), try_first: null })
})

test('two runs that ask for both partners at the same moment: the second sees what the first has got', async () => {
  const pair = await openPair()
  const [one, other] = [await pair.openRun(), await pair.openRun()]
  const [[ana], [ben]] = [await one.claim(1), await other.claim()] as unknown as [Claims, Claims]
  let second: ReturnType<typeof other.ask> | undefined
  await pair.db.transaction().execute(async (tx) => {
    expect(await one.ask(ana.id, tx)).toMatchObject({ attempt_id: expect.any(Number) })
    second = other.ask(ben.id)
    const waits = eventually('the second waits for the first', async () => {
      const { rows } = await sql`select from pg_locks where not granted`.execute(pair.db)
      return rows.length > 0 || undefined
    })
    await Promise.race([waits, second])
  })
  expect(await second).toMatchObject({ attempt_id: null, waits_for_partner: true })
})

test('lost after the claim: both are due again', async () => {
  const pair = await openPair()
  const run = await pair.openRun()
  await run.claim()
  await run.lose()
  await pair.sweep()
  expect(await pair.copies()).toEqual({ ana: 'queued', ben: 'queued' })
})

test('lost after one was accepted: the other goes on, and then they count as introduced', async () => {
  const pair = await openPair()
  const run = await pair.openRun()
  const [ana] = (await run.claim()) as unknown as Claims
  const leave = await run.ask(ana.id)
  await run.end(ana, leave?.attempt_id as number)
  expect(await pair.introduced()).toEqual([])
  await run.lose()
  await pair.sweep()
  const next = await pair.openRun()
  const [ben] = (await next.claim()) as unknown as Claims
  const last = await next.ask(ben.id)
  expect(last).toMatchObject({ attempt_id: expect.any(Number), try_first: null })
  await next.end(ben, last?.attempt_id as number)
  expect(await pair.copies()).toEqual({ ana: 'accepted', ben: 'accepted' })
  expect(await pair.introduced()).toEqual(pair.partnership_ids)
})

test.each(['accepted', 'resend'] as const)(
  'lost in the first dialogue: its copy is uncertain and its partner waits, until a person says %s',
  async (as) => {
    const pair = await openPair()
    const run = await pair.openRun()
    const [ana, ben] = (await run.claim()) as unknown as Claims
    await run.ask(ana.id)
    await run.lose()
    await pair.sweep()
    const next = await pair.openRun()
    await next.claim()
    expect(await next.ask(ben.id)).toMatchObject({ attempt_id: null, wait_ms: null })
    await pair.sweep()
    expect(await pair.copies()).toEqual({ ana: 'uncertain', ben: 'held: partner_waits' })
    expect(await pair.troubles()).toMatchObject([
      {
        kind: 'waiting',
        words:
          'We cannot know whether the introduction reached Amina ana. Until somebody decides, the copy for Amina ben waits.',
      },
    ])
    await expect(pair.decide(ben.id, 'resend')).rejects.toMatchObject({ code: 'partner_first' })
    await pair.decide(ana.id, as)
    await pair.sweep()
    const last = await pair.openRun()
    const claims = await last.claim()
    expect(await pair.copies()).toEqual({ ana: as === 'resend' ? 'claimed' : 'accepted', ben: 'claimed' })
    for (const claim of claims) {
      const leave = await last.ask(claim.id)
      await last.end(claim, leave?.attempt_id as number)
    }
    expect(await pair.introduced()).toEqual(pair.partnership_ids)
    expect(await pair.troubles()).toEqual([])
  },
)

test('lost in the second dialogue: one has it, the other is for a person to decide, and then they count as introduced', async () => {
  const pair = await openPair()
  const run = await pair.openRun()
  const [ana, ben] = (await run.claim()) as unknown as Claims
  const leave = await run.ask(ana.id)
  await run.end(ana, leave?.attempt_id as number)
  await run.ask(ben.id)
  await run.lose()
  await pair.sweep()
  expect(await pair.copies()).toEqual({ ana: 'accepted', ben: 'uncertain' })
  expect(await pair.troubles()).toMatchObject([
    { kind: 'waiting', words: 'We cannot know whether the introduction reached Amina ben.' },
  ])
  expect(await pair.introduced()).toEqual([])
  await pair.decide(ben.id, 'accepted')
  expect(await pair.introduced()).toEqual(pair.partnership_ids)
})

test('the late word of a run that was thought lost ends the wait of the partner', async () => {
  const pair = await openPair()
  const run = await pair.openRun()
  const [ana, ben] = (await run.claim()) as unknown as Claims
  const leave = await run.ask(ana.id)
  await run.lose()
  await pair.sweep()
  const next = await pair.openRun()
  await next.claim()
  await next.ask(ben.id)
  await run.end(ana, leave?.attempt_id as number)
  await pair.sweep()
  expect(await pair.copies()).toEqual({ ana: 'accepted', ben: 'queued' })
})

test('a partnership that ends while its introduction waits is not introduced any more', async () => {
  const pair = await openPair()
  await sql`update partnerships set ended_at = now()`.execute(pair.db)
  const run = await pair.openRun()
  const [ana, ben] = (await run.claim()) as unknown as Claims
  for (const { id } of [ana, ben]) expect(await run.ask(id)).toMatchObject({ attempt_id: null, wait_ms: null })
  expect(await pair.copies()).toEqual({ ana: 'skipped: partnership_ended', ben: 'skipped: partnership_ended' })
  expect(await pair.troubles()).toEqual([])
})

test('an address refused for good is rejected for its person at once, though another run holds the claim', async () => {
  const pair = await openPair()
  const [one, other] = [await pair.openRun(), await pair.openRun()]
  const [[ana], [ben]] = [await one.claim(1), await other.claim()] as unknown as [Claims, Claims]
  const leave = await one.ask(ana.id)
  const words = '550 5.1.1 no such mailbox'
  await one.end(ana, leave?.attempt_id as number, {
    ...decideOutcome({ kind: 'refused', code: 550, enhanced: '5.1.1', words, reachedData: false }, 1),
    ...{ state: 'skipped', skipped_reason: 'partner_unreachable' as const },
    partner: { address: 'ben@library.example', code: 550, enhanced_code: '5.1.1', words, domain_refuses: false },
  })
  expect(await other.ask(ben.id)).toBeUndefined()
  expect(await pair.copies()).toEqual({ ana: 'skipped: partner_unreachable', ben: 'rejected' })
  const attempts = await pair.db.selectFrom('attempts').select(['address', 'outcome', 'counted', 'words']).execute()
  expect(attempts).toEqual([
    { address: 'ana@library.example', outcome: 'rejected', counted: false, words },
    { address: 'ben@library.example', outcome: 'rejected', counted: false, words },
  ])
})

test('killed again and again in the middle, nobody gets it twice, and in the end both partners have it', async () => {
  const deps = await openTestDeps()
  const sink = await startSink({ slowMs: 30 })
  onTestFinished(() => sink.close())
  const pairs = Array.from({ length: 40 }, (_, at) => [`slow+a${at}`, `slow+b${at}`])
  const { round_id, partnership_ids } = await addIntroductions(deps.db, pairs)
  const { campaign_id } = await introduce(deps, { round_id })
  const run = await sendDeps(deps, sink.url)
  const sweep = () =>
    sweepDeliveries({ ...deps, senderId: run.senderId, countWaiting: async () => 0, ring: async () => undefined })
  await sweep()
  const taken = () => countsByRecipient(sink.messages())

  /** What the server saw is what a person would find out. */
  const decide = async () => {
    const { rows } = await sql<{ id: number; address: string }>`
      select id, address from deliveries where state = 'uncertain'`.execute(deps.db)
    for (const { id, address } of rows)
      await resolveDelivery(deps.db, { id, as: taken().has(address) ? 'accepted' : 'resend', now: deps.clock.now() })
  }

  for (const enough of [6, 20, 40]) {
    const script = fileURLToPath(new URL('sending-process.ts', import.meta.url))
    const processes = [0, 1].map(() =>
      spawn(
        process.execPath,
        [script, deps.databaseUrl, sink.url, deps.config.dataDir, deps.clock.now().toISOString()],
        { stdio: 'ignore' },
      ),
    )
    const ended = processes.map((child) => once(child, 'exit'))
    onTestFinished(() => processes.forEach((child) => void child.kill('SIGKILL')))
    await eventually('some of it was taken', () => taken().size >= enough || undefined)
    for (const child of processes) child.kill('SIGKILL')
    await Promise.all(ended)
    await sweep()
    await decide()
    deps.clock.advance(2000)
    await sweep()
  }
  await eventually('all of it was taken', async () => {
    await sweep()
    // A process that died a moment ago may be found out only now.
    await decide()
    await sendDue(run, neverStopped())
    deps.clock.advance(2000)
    return taken().size === 80 || undefined
  })
  await sweep()
  expect([...taken().values()].every((count) => count === 1)).toBe(true)
  expect(new Set(Object.values(await copiesOf(deps.db, campaign_id)))).toEqual(new Set(['accepted']))
  expect(await introducedIn(deps.db, round_id)).toEqual(partnership_ids)
}, 120_000)
