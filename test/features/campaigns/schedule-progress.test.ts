import { sql } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import {
  cancelCampaign,
  createComposer,
  measureCampaign,
  pauseCampaign,
  resumeCampaign,
  scheduleCampaign,
  sweepDeliveries,
} from '../../../src/features/campaigns/index.ts'
import { ensureSender, sendDue } from '../../../src/features/deliveries/index.ts'
import { resolveDelivery } from '../../../src/features/deliveries/resolve.ts'
import { recoverLost, registerWorker } from '../../../src/features/deliveries/run-queries.ts'
import { Conflict } from '../../../src/lib/errors.ts'
import { openTestDeps, type TestDeps } from '../../support/deps.ts'
import { neverStopped, sendDeps, statesOf } from '../../support/ledger.ts'
import { startSink } from '../../support/sink/sink.ts'
import { addApplicant, addDraft, addRound } from './round.ts'

const HOUR = 3600_000

interface Stage extends TestDeps {
  id: number
  sweep(): Promise<void>
  /** Rings of 'send-due' since the last look. */
  rung(): number
}

async function openStage(readers: { country_code?: string }[] = [{}, {}, {}, {}]): Promise<Stage> {
  const deps = await openTestDeps()
  const round = await addRound(deps.db)
  for (const reader of readers) await addApplicant(deps.db, round, reader)
  const senderId = await ensureSender(deps.db, undefined)
  let rings = 0
  const ring = async (name: string) => {
    if (name === 'send-due') rings++
  }
  return {
    ...deps,
    id: await addDraft(deps.db),
    sweep: () => sweepDeliveries({ ...deps, ring, senderId, countWaiting: async () => 0 }),
    rung() {
      const before = rings
      rings = 0
      return before
    },
  }
}

const stateOf = async (stage: Stage) => (await measureCampaign(stage.db, stage.id)).state
const datesOf = ({ db, id }: Stage) =>
  db.selectFrom('campaigns').select(['started_at', 'finished_at']).where('id', '=', id).executeTakeFirstOrThrow()

/** As if no process had swept for so long. */
const wasAway = async ({ db, clock }: Stage, milliseconds: number) => {
  clock.advance(milliseconds)
  await sql`update installation set swept_at = clock_timestamp() - make_interval(secs => ${milliseconds / 1000})`.execute(
    db,
  )
}

const conflict = { constructor: Conflict }
const refused = async (act: Promise<unknown>) => expect(await act.catch((error) => error)).toMatchObject(conflict)

test('a campaign starts when its time has come, not before, and rings once something is due', async () => {
  const stage = await openStage()
  await scheduleCampaign(stage, stage.id, { at: '2016-03-01T10:00:00Z' })
  await stage.sweep()
  expect(await stateOf(stage)).toBe('scheduled')
  expect(stage.rung()).toBe(0)
  stage.clock.set('2016-03-01T10:00:00Z')
  await stage.sweep()
  expect(await stateOf(stage)).toBe('sending')
  expect(stage.rung()).toBe(1)
})

test('two sweeps at once start a campaign once and change nothing twice', async () => {
  const stage = await openStage()
  await scheduleCampaign(stage, stage.id, { at: 'now' })
  await Promise.all([stage.sweep(), stage.sweep(), stage.sweep()])
  expect(await stateOf(stage)).toBe('sending')
  expect(await statesOf(stage.db, stage.id)).toEqual({ queued: 4 })
  expect((await datesOf(stage)).started_at).toEqual(stage.clock.now())
})

test('nothing leaves during the hold, and a campaign cancelled in it leaves nobody anything', async () => {
  const stage = await openStage()
  await scheduleCampaign(stage, stage.id, { at: 'now', hold_seconds: 600 })
  stage.clock.advance(599_000)
  await stage.sweep()
  expect(await stateOf(stage)).toBe('scheduled')
  expect(stage.rung()).toBe(0)
  const cancelled = await cancelCampaign(stage, stage.id)
  expect(cancelled).toMatchObject({ state: 'cancelled', counts: { cancelled: 4, queued: 0 } })
  stage.clock.advance(HOUR)
  await stage.sweep()
  expect(await stateOf(stage)).toBe('cancelled')
  expect(stage.rung()).toBe(0)
  expect((await datesOf(stage)).finished_at).not.toBeNull()
})

test('what each change needs: pause, resume and cancel are refused in every other state', async () => {
  const stage = await openStage()
  const { id } = stage
  const allowed: Record<string, string[]> = {
    draft: ['cancel'],
    scheduled: ['pause', 'cancel'],
    sending: ['pause', 'cancel'],
    paused: ['resume', 'cancel'],
    done: [],
    cancelled: [],
  }
  const changes = { pause: pauseCampaign, resume: resumeCampaign, cancel: cancelCampaign }
  for (const [state, may] of Object.entries(allowed)) {
    for (const [name, change] of Object.entries(changes)) {
      await stage.db.updateTable('campaigns').set({ state }).where('id', '=', id).execute()
      if (may.includes(name)) await change(stage, id)
      else await refused(change(stage, id))
      expect(await stateOf(stage), `${name} ${state}`).toBe(
        may.includes(name) ? { pause: 'paused', resume: 'sending', cancel: 'cancelled' }[name] : state,
      )
    }
  }
  await expect(pauseCampaign(stage, 98_765)).rejects.toThrow(/not found/)
})

test('paused before its time and resumed, a campaign is scheduled again; resumed after its time, it sends', async () => {
  const stage = await openStage()
  await scheduleCampaign(stage, stage.id, { at: '2016-03-01T10:00:00Z' })
  await pauseCampaign(stage, stage.id)
  expect((await resumeCampaign(stage, stage.id)).state).toBe('scheduled')
  await pauseCampaign(stage, stage.id)
  stage.clock.set('2016-03-01T20:00:00Z')
  await stage.sweep()
  expect(await stateOf(stage)).toBe('paused')
  expect((await resumeCampaign(stage, stage.id)).state).toBe('sending')
  await stage.sweep()
  // A person said "now": it is not held for being late.
  expect(await statesOf(stage.db, stage.id)).toEqual({ queued: 4 })
  expect((await datesOf(stage)).started_at).toEqual(stage.clock.now())
})

test('cancelled in the middle, what had begun ends by itself and all figures add up', async () => {
  const stage = await openStage([{}, {}, {}, {}, {}])
  await scheduleCampaign(stage, stage.id, { at: 'now' })
  await stage.sweep()
  const worker = await registerWorker(stage.db, 'test', 1)
  const ids = (await stage.db.selectFrom('deliveries').select('id').orderBy('id').execute()).map((row) => row.id)
  const set = (id: number | undefined, state: string, owned = true) =>
    sql`update deliveries set state = ${state}, worker_id = ${owned ? worker : null} where id = ${id}`.execute(stage.db)
  await set(ids[0], 'accepted', false)
  await set(ids[1], 'claimed')
  await set(ids[2], 'sending')
  await set(ids[3], 'deferred', false)
  const { counts } = await cancelCampaign(stage, stage.id)
  expect(counts).toMatchObject({ accepted: 1, claimed: 1, sending: 1, cancelled: 2 })
  // The dialogue ends with "try again", and the worker with the claim is lost.
  await set(ids[2], 'deferred', false)
  await stage.db.updateTable('workers').set({ stopped_at: new Date() }).execute()
  await recoverLost(stage.db)
  await stage.sweep()
  expect(await statesOf(stage.db, stage.id)).toEqual({ accepted: 1, cancelled: 4 })
  expect(stage.rung()).toBe(1)
})

test('a campaign that would begin more than two hours late is held for a person, and resume lets it go', async () => {
  const stage = await openStage()
  await scheduleCampaign(stage, stage.id, { at: '2016-03-01T10:00:00Z' })
  await wasAway(stage, 4 * HOUR)
  await stage.sweep()
  expect(await statesOf(stage.db, stage.id)).toEqual({ held: 4 })
  expect(stage.rung()).toBe(0)
  await stage.sweep()
  // It waits for a person: it is not done.
  expect(await stateOf(stage)).toBe('sending')
  expect((await resumeCampaign(stage, stage.id)).counts).toMatchObject({ queued: 4, held: 0 })
  await stage.sweep()
  expect(await statesOf(stage.db, stage.id)).toEqual({ queued: 4 })
  expect(stage.rung()).toBe(1)
})

test('one that is less late goes, and at a local hour only those whose hour is long over are held', async () => {
  const stage = await openStage([{ country_code: 'KE' }, { country_code: 'GB' }, { country_code: 'US' }])
  await scheduleCampaign(stage, stage.id, { at: '2016-03-02T00:00:00Z', local_time: '09:00' })
  // 06:00 in Nairobi's zone, 09:00 in London's, 14:00 in New York's; the service comes back at 10:30 UTC.
  await wasAway(stage, 25.5 * HOUR)
  await stage.sweep()
  expect(await statesOf(stage.db, stage.id)).toEqual({ held: 1, queued: 2 })

  const other = await openStage()
  await scheduleCampaign(other, other.id, { at: '2016-03-01T10:00:00Z' })
  await wasAway(other, 2.5 * HOUR)
  await other.sweep()
  expect(await statesOf(other.db, other.id)).toEqual({ queued: 4 })
})

test('an outage in mid-campaign holds what is hours overdue, but not what an officer held or paused', async () => {
  const stage = await openStage()
  await scheduleCampaign(stage, stage.id, { at: 'now' })
  await stage.sweep()
  const held = await addDraft(stage.db)
  await scheduleCampaign(stage, held, { at: 'now', hold_seconds: 5 * 3600 })
  const paused = await addDraft(stage.db)
  await scheduleCampaign(stage, paused, { at: 'now' })
  await pauseCampaign(stage, paused)
  await wasAway(stage, 3 * HOUR)
  await stage.sweep()
  expect(await statesOf(stage.db, stage.id)).toEqual({ held: 4 })
  expect(await statesOf(stage.db, held)).toEqual({ queued: 4 })
  expect(await statesOf(stage.db, paused)).toEqual({ queued: 4 })
  stage.clock.advance(2 * HOUR)
  await stage.sweep()
  expect(await statesOf(stage.db, held)).toEqual({ queued: 4 })
})

test('a campaign is done once nothing of it waits; uncertain and refused ones do not keep it open', async () => {
  const stage = await openStage()
  await scheduleCampaign(stage, stage.id, { at: 'now' })
  const ids = (await stage.db.selectFrom('deliveries').select('id').orderBy('id').execute()).map((row) => row.id)
  for (const [at, state] of ['accepted', 'rejected', 'uncertain'].entries()) {
    await sql`update deliveries set state = ${state} where id = ${ids[at]}`.execute(stage.db)
  }
  await stage.sweep()
  expect(await stateOf(stage)).toBe('sending')
  await sql`update deliveries set state = 'held', held_reason = 'domain_refuses' where id = ${ids[3]}`.execute(stage.db)
  await stage.sweep()
  expect(await stateOf(stage)).toBe('done')
  expect((await datesOf(stage)).finished_at).toEqual(stage.clock.now())
  // Somebody spoke with the domain: the campaign has something to do again.
  expect((await resumeCampaign(stage, stage.id)).state).toBe('sending')
  expect((await datesOf(stage)).finished_at).toBeNull()
})

test('the late word "try again" opens a campaign that was done', async () => {
  const stage = await openStage([{}])
  await scheduleCampaign(stage, stage.id, { at: 'now' })
  await sql`update deliveries set state = 'uncertain'`.execute(stage.db)
  await stage.sweep()
  expect(await stateOf(stage)).toBe('done')
  await sql`update deliveries set state = 'deferred'`.execute(stage.db)
  await stage.sweep()
  expect(await stateOf(stage)).toBe('sending')
})

test('whoever resumes or resolves while a sweep looks for finished campaigns, nothing is left in a done one', async () => {
  const stage = await openStage()
  await scheduleCampaign(stage, stage.id, { at: 'now' })
  await sql`update deliveries set state = 'uncertain'`.execute(stage.db)
  await stage.sweep()
  const ids = (await stage.db.selectFrom('deliveries').select('id').execute()).map((row) => row.id)
  for (const id of ids) {
    await Promise.all([
      stage.sweep(),
      resolveDelivery(stage.db, { id, as: 'resend', now: stage.clock.now() }),
      stage.sweep(),
    ])
    expect(await stateOf(stage)).toBe('sending')
    await sql`update deliveries set state = 'rejected' where id = ${id}`.execute(stage.db)
  }
})

test('an uncertain one of a campaign that is done goes again as the same message, with the same Message-ID', async () => {
  const stage = await openStage([{}])
  const sink = await startSink()
  onTestFinished(() => sink.close())
  sink.failNext('drop-after-dot')
  const run = { ...(await sendDeps(stage, sink.url)), compose: createComposer({ ...stage, signer: undefined }) }
  await scheduleCampaign(stage, stage.id, { at: 'now' })
  await stage.sweep()
  await sendDue(run, neverStopped())
  await stage.sweep()
  expect(await measureCampaign(stage.db, stage.id)).toMatchObject({ state: 'done', counts: { uncertain: 1 } })
  const { id } = await stage.db.selectFrom('deliveries').select('id').executeTakeFirstOrThrow()
  stage.clock.advance(60_000)
  expect(await resolveDelivery(stage.db, { id, as: 'resend', now: stage.clock.now() })).toMatchObject({
    state: 'queued',
  })
  expect(await stateOf(stage)).toBe('sending')
  await sendDue(run, neverStopped())
  await stage.sweep()
  expect(await measureCampaign(stage.db, stage.id)).toMatchObject({
    state: 'done',
    counts: { accepted: 1, uncertain: 0 },
  })
  const [first, second] = sink.messages()
  expect(second?.message_id).toBe(first?.message_id)
  expect(first?.message_id).toMatch(/^<\d+\.[a-z2-7]{28}@/)
})
