import { sql } from 'kysely'
import type { Db } from '../../src/platform/db/open.ts'
import { addMember, connectList, hashOf } from '../features/mailchimp/back/told.ts'

export const HOSTILE = '<script>alert(1)</script>'
const AT = new Date('2016-02-28T09:00:00Z')

/** What stands on the pages, by what is shown with it. */
export interface Staged {
  /** Each in trouble of another kind; the first has another address there. */
  troubled: { person_id: number; hash: string }[]
  clash: number
  failed: number
  sent: number
}

/**
 * A connected audience with something on every page of Mailchimp's tab, written straight into the tables: people in step
 * and not, in trouble of each kind, clashes, what Mailchimp told, syncs that ended, and two campaigns there.
 * @param people ids, eight at least; @param campaigns two scheduled ones of kind topic
 */
export async function fillMailchimp(
  db: Db,
  { people, campaigns: [failed, sent] }: { people: readonly number[]; campaigns: readonly [number, number] },
): Promise<Staged> {
  await connectList(db)
  await sql`update mailchimp_audience set list_name = ${`جمهور ${HOSTILE}`}, read_at = ${AT}, others_there = 12,
    trouble_words = ${`Mailchimp did not answer in time. ${HOSTILE}`}, trouble_at = ${AT}`.execute(db)
  const rows = await db
    .selectFrom('addresses')
    .select(['person_id', 'address'])
    .where('person_id', 'in', people)
    .where('is_primary', '=', true)
    .execute()
  const known = new Map(rows.map(({ person_id, address }) => [person_id, address]))
  const addressOf = (id: number) => known.get(id) as string
  const kinds = ['address_changed', 'compliance', 'unsubscribed', 'cleaned', 'pending', 'refused', 'archived_there']
  const troubled: Staged['troubled'] = []
  for (const [at, trouble] of kinds.entries()) {
    const person_id = people[at] as number
    const hash = await addMember(db, {
      person_id,
      address: addressOf(person_id),
      status: STATUS[trouble] ?? 'subscribed',
    })
    await sql`update mailchimp_members set trouble = ${trouble}, trouble_at = ${AT},
      trouble_words = ${`Mailchimp says: ${trouble.replaceAll('_', ' ')} ${HOSTILE}`},
      new_address = ${trouble === 'address_changed' ? 'elsewhere@library.example' : null},
      left_at = ${trouble === 'pending' ? AT : null} where hash = ${hash}`.execute(db)
    troubled.push({ person_id, hash })
  }
  const clash = await addClash(db, people[0] as number, { kept: 'ours', kept_by: 'rule' })
  await addClash(db, people[1] as number, { kept: 'theirs', kept_by: 'staff 1' })
  for (const [kind, outcome, state] of EVENTS)
    await sql`insert into mailchimp_events (body_digest, kind, received_at, hash, state, outcome)
      values (sha256(${`${kind} ${outcome}`}::bytea), ${kind}, ${AT}, ${hashOf(addressOf(people[2] as number))}, ${state}, ${outcome})`.execute(
      db,
    )
  await addJobs(db, failed)
  await sql`update campaigns set channel = 'mailchimp' where id in (${failed}, ${sent})`.execute(db)
  await sql`update deliveries set state = 'held', held_reason = 'mailchimp'
    where campaign_id in (${failed}, ${sent}) and state = 'queued'`.execute(db)
  await addThere(db, failed, { language: 'en', state: 'scheduled', words: null })
  await addThere(db, failed, { language: 'ar', state: 'failed', words: `The subject is missing. ${HOSTILE}` })
  await addThere(db, sent, { language: 'en', state: 'sent', words: null })
  return { troubled, clash, failed, sent }
}

const STATUS: Record<string, string> = {
  unsubscribed: 'unsubscribed',
  cleaned: 'cleaned',
  pending: 'pending',
  archived_there: 'archived',
  refused: 'absent',
  compliance: 'absent',
}

const EVENTS = [
  ['unsubscribe', 'They get no campaigns any more.', 'settled'],
  ['profile', 'echo', 'settled'],
  ['upemail', null, 'waiting'],
  ['cleaned', `Mail to them is stopped. ${HOSTILE}`, 'settled'],
  ['campaign', 'It was looked at.', 'settled'],
] as const

async function addClash(
  db: Db,
  person_id: number,
  { kept, kept_by }: { kept: 'ours' | 'theirs'; kept_by: string },
): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    insert into mailchimp_clashes (person_id, field, agreed, ours, theirs, ours_at, theirs_at, kept, kept_by, at)
    values (${person_id}, 'given_name', 'Amina', 'عائشة', ${HOSTILE}, ${AT}, ${AT}, ${kept}, ${kept_by}, ${AT})
    returning id`.execute(db)
  return rows[0]?.id as number
}

async function addJobs(db: Db, campaign_id: number): Promise<void> {
  const result = { calls: 7, new: 412, changed: 30, tagged: 0, archived: 7, deleted: 0, for_person: 3, clashes: 1 }
  const failure = `Mailchimp did not answer in time. ${HOSTILE}`
  const rows = [
    { kind: 'mailchimp-sync', input: { whole: true, dry_run: false }, state: 'done', result, error: null },
    { kind: 'mailchimp-hand-over', input: { campaign_id }, state: 'failed', result: null, error: failure },
    { kind: 'mailchimp-sync', input: { whole: false, dry_run: false }, state: 'failed', result: null, error: failure },
  ]
  for (const { input, result: found, ...row } of rows)
    await db
      .insertInto('jobs')
      .values({
        ...row,
        input: JSON.stringify(input),
        result: found && JSON.stringify(found),
        ...{ created_at: AT, started_at: AT, finished_at: AT },
      })
      .execute()
}

async function addThere(
  db: Db,
  campaign_id: number,
  { language, state, words }: { language: string; state: string; words: string | null },
): Promise<void> {
  const report = {
    ...{ emails_sent: 1004, abuse_reports: 1, unsubscribed: 2, send_time: AT.toISOString() },
    bounces: { hard_bounces: 2, soft_bounces: 1, syntax_errors: 0 },
    opens: { unique_opens: 0 },
    clicks: { unique_subscriber_clicks: 120, clicks_total: 180 },
    ...{ is_complete: false, counts_opens: false, others: { recipients: 0, unsubscribed: 0 } },
  }
  const isSent = state === 'sent'
  await sql`insert into mailchimp_campaigns (campaign_id, language, title, recipients, state, send_at, sent_at, words, report, report_at)
    values (${campaign_id}, ${language}, ${`Pairpost ${campaign_id} ${language}`}, 504, ${state}, ${AT}, ${isSent ? AT : null}, ${words},
      ${isSent ? JSON.stringify(report) : null}::jsonb, ${isSent ? AT : null})`.execute(db)
}
