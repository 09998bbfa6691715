import { sql } from 'kysely'
import { scheduleCampaign } from '../../../../src/features/campaigns/index.ts'
import type { CampaignInput } from '../../../../src/features/campaigns/schema.ts'
import { followMailchimpCampaigns } from '../../../../src/features/mailchimp/campaigns/follow.ts'
import { handOverDeps, mailchimpWork } from '../../../../src/features/mailchimp/work.ts'
import type { FakeOptions } from '../../../../src/platform/mailchimp/fake/index.ts'
import { addDraft } from '../../campaigns/round.ts'
import { addPeople, openConnected, type Programme } from '../mirror/programme.ts'

/** A connected programme whose people wait for nothing. */
export async function openRound(count: number, options: FakeOptions = {}) {
  const programme = await openConnected(options)
  const people = await addPeople(programme, count)
  await sql`delete from jobs`.execute(programme.deps.db)
  return { ...programme, people }
}

/** Does the work that waits, then follows as the sweep does. */
export async function work({ deps }: Programme): Promise<void> {
  const { rows } = await sql<{ id: number; kind: string; input: Record<string, unknown> }>`
    update jobs set state = 'done' where state = 'waiting' and kind like 'mailchimp-%' and kind <> 'mailchimp-sync'
    returning id, kind, input`.execute(deps.db)
  for (const { id, kind, input } of rows.sort((one, other) => one.id - other.id))
    await mailchimpWork(deps)[kind]?.({
      ...{ job_id: id, input, progress: () => undefined },
      signal: new AbortController().signal,
    })
  await followMailchimpCampaigns(handOverDeps(deps))
}

/** A topic through Mailchimp, scheduled. Returns its id. */
export async function schedule({ deps }: Programme, change: Partial<CampaignInput> = {}, at = '2016-03-01T10:00:00Z') {
  const id = await addDraft(deps.db, { channel: 'mailchimp', ...change })
  await scheduleCampaign(deps, id, { at })
  return id
}
