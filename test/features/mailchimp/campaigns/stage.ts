import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { onTestFinished } from 'vitest'
import { scheduleCampaign, sweepDeliveries } from '../../../../src/features/campaigns/index.ts'
import type { CampaignInput } from '../../../../src/features/campaigns/schema.ts'
import { ensureSender } from '../../../../src/features/deliveries/index.ts'
import type { HandOverDeps } from '../../../../src/features/mailchimp/campaigns/hand-over-deps.ts'
import { handOverWork } from '../../../../src/features/mailchimp/campaigns/work.ts'
import type { Ring } from '../../../../src/jobs/catalog.ts'
import type { LongWork } from '../../../../src/jobs/long-work.ts'
import { openTestDeps, type TestDeps } from '../../../support/deps.ts'
import { type Applicant, addApplicant, addDraft, addRound } from '../../campaigns/round.ts'
import { type InMemory, openInMemory } from './in-memory.ts'

export type Stage = Omit<TestDeps, 'ring'> &
  HandOverDeps & {
    there: InMemory
    round: number
    /** Rings since the beginning, as `name`. */
    rung: string[]
    senderId: number
    /** Kinds of work that wait, the oldest first. */
    waitingWork(): Promise<string[]>
    /** Does the waiting work, as a worker does; one that throws is done for. */
    work(): Promise<void>
    sweep(): Promise<void>
  }

const TAGS = { given_name: 'FNAME', family_name: 'LNAME', country: 'COUNTRY', round: 'ROUND', partner: 'PARTNER' }

/**
 * A round with readers and a connected audience that has all of them. The mirror is as small as can be: who may be mailed is
 * subscribed, who is suppressed is archived.
 */
export async function openStage(readers: Applicant[] = [{}, {}, {}]): Promise<Stage> {
  const deps = await openTestDeps()
  const { db } = deps
  const round = await addRound(db)
  for (const reader of readers) await addApplicant(db, round, reader)
  const now = deps.clock.now()
  await db
    .insertInto('mailchimp_audience')
    .values({
      ...{ list_id: 'l1', list_name: 'Readers', account_name: 'Programme', fields: JSON.stringify(TAGS) },
      ...{ states: ['applied', 'confirmed'], connected_by: 'staff 1', connected_at: now, begun_at: now, read_at: now },
    })
    .execute()
  const there = openInMemory()
  const rung: string[] = []
  const ring: Ring = async (name) => {
    rung.push(name)
  }
  const syncPeople = async (ids: readonly number[]) => {
    await mirror(db, there, ids)
  }
  const senderId = await ensureSender(db, undefined)
  const stage: Stage = {
    ...deps,
    ...{ mailchimp: there.mailchimp, ring, syncPeople, there, round, rung, senderId },
    config: deps.config,
    waitingWork: async () =>
      (await db.selectFrom('jobs').select('kind').where('state', '=', 'waiting').orderBy('id').execute()).map(
        (row) => row.kind,
      ),
    async work() {
      const rows = await db.selectFrom('jobs').selectAll().where('state', '=', 'waiting').orderBy('id').execute()
      for (const { id, kind, input } of rows) {
        await db.updateTable('jobs').set({ state: 'done' }).where('id', '=', id).execute()
        const work: LongWork = {
          ...{ job_id: id, input: input as Record<string, unknown>, progress: () => undefined },
          signal: new AbortController().signal,
        }
        await handOverWork(stage)[kind]?.(work)
      }
    },
    sweep: () => sweepDeliveries({ ...deps, ring, senderId, countWaiting: async () => 0 }),
  }
  onTestFinished(() => there.trouble.after?.call(undefined, 'end'))
  return stage
}

const hashOf = (address: string) => createHash('md5').update(address.toLowerCase()).digest('hex')

async function mirror(db: TestDeps['db'], there: InMemory, ids: readonly number[]): Promise<void> {
  const { rows } = await sql<{ id: number; address: string; stopped: boolean }>`
    select p.id, a.address, exists (select from suppressions s where s.address = a.address and s.lifted_at is null) as stopped
    from people p join addresses a on a.person_id = p.id and a.is_primary where p.id = any(${ids}::bigint[])`.execute(
    db,
  )
  for (const { id, address, stopped } of rows) {
    if (stopped) there.subscribed.delete(address)
    else there.subscribed.add(address)
    const status = stopped ? 'archived' : 'subscribed'
    await db
      .insertInto('mailchimp_members')
      .values({
        hash: hashOf(address),
        person_id: id,
        address,
        status,
        is_ours: true,
        fields: JSON.stringify({ round: '2016A' }),
      })
      .onConflict((conflict) => conflict.column('hash').doUpdateSet({ status }))
      .execute()
  }
}

/** A campaign through Mailchimp, scheduled. */
export async function scheduleThere(stage: Stage, at = '2016-03-01T10:07:00Z', change: Partial<CampaignInput> = {}) {
  const id = await addDraft(stage.db, { channel: 'mailchimp', ...change })
  const scheduled = await scheduleCampaign(stage, id, { at })
  return { id, scheduled }
}

export const rowsOf = ({ db }: Pick<Stage, 'db'>, campaign_id: number) =>
  db.selectFrom('mailchimp_campaigns').selectAll().where('campaign_id', '=', campaign_id).orderBy('language').execute()
export const stateOf = async ({ db }: Stage, id: number) =>
  (await db.selectFrom('campaigns').select('state').where('id', '=', id).executeTakeFirstOrThrow()).state
