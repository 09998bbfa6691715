/** A campaign that Mailchimp has sent, written straight into the ledger, and what Mailchimp would tell of it. */
import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import pino from 'pino'
import type { ReportDeps } from '../../../../src/features/mailchimp/reports/index.ts'
import type {
  Activity,
  Mailchimp,
  MailchimpReport,
  SentTo,
  Unsubscribed,
} from '../../../../src/platform/mailchimp/shapes.ts'
import { openTestDeps } from '../../../support/deps.ts'

export const SENT_AT = new Date('2016-03-01T08:00:00Z')
export const LINKS = ['https://library.example/one', 'https://library.example/two', 'https://library.example/three']
export const hashOf = (address: string) => createHash('md5').update(address.toLowerCase()).digest('hex')
export const addressOf = (place: number) => `reader${place}@library.example`

/** What Mailchimp tells, to be filled by a test. */
export interface There {
  report: MailchimpReport
  sentTo: SentTo[]
  unsubscribed: Unsubscribed[]
  activity: Activity[]
  /** How many stand on a page. */
  pageSize: number
  /** Called before each request and each page; may throw. */
  before(what: string): void | Promise<void>
}

function tellNothing(): There {
  return {
    report: {
      ...{ emails_sent: 0, abuse_reports: 0, unsubscribed: 0 },
      bounces: { hard_bounces: 0, soft_bounces: 0, syntax_errors: 0 },
      opens: { unique_opens: 0 },
      clicks: { unique_subscriber_clicks: 0, clicks_total: 0 },
      send_time: SENT_AT,
    },
    ...{ sentTo: [], unsubscribed: [], activity: [], pageSize: 3, before: () => undefined },
  }
}

/** A Mailchimp that tells what is in `there`, page by page. */
function speak(there: There): Mailchimp {
  async function* pages<Item>(what: string, items: readonly Item[]) {
    for (let at = 0; at < items.length || at === 0; at += there.pageSize) {
      await there.before(what)
      yield items.slice(at, at + there.pageSize)
    }
  }
  const told: Pick<Mailchimp, 'readReport' | 'eachSentTo' | 'eachUnsubscribed' | 'eachActivity'> = {
    async readReport() {
      await there.before('report')
      return there.report
    },
    eachSentTo: () => pages('sent-to', there.sentTo),
    eachUnsubscribed: () => pages('unsubscribed', there.unsubscribed),
    eachActivity: (_id, since) =>
      pages(
        'activity',
        there.activity.map((one) => ({
          ...one,
          activity: one.activity.filter(({ timestamp }) => !since || timestamp > since),
        })),
      ),
  }
  return told as Mailchimp
}

export const mailed = (place: number, status: SentTo['status'] = 'sent'): SentTo => ({
  ...{ email_id: hashOf(addressOf(place)), email_address: addressOf(place), status },
})

export const left = (place: number, at = '2016-03-01T08:30:00Z', reason = 'None given'): Unsubscribed => ({
  ...{ email_id: hashOf(addressOf(place)), email_address: addressOf(place), timestamp: new Date(at), reason },
})

type Did = [action: 'open' | 'click' | 'bounce', at: string, url?: string | null, ip?: string | null]

export const did = (place: number, ...acts: Did[]): Activity => ({
  ...{ email_id: hashOf(addressOf(place)), email_address: addressOf(place) },
  activity: acts.map(([action, at, url = null, ip = `192.0.${place}.7`]) => ({
    ...{ action, timestamp: new Date(at), url, type: null, ip },
  })),
})

/** @param options.recipients how many wait for Mailchimp's word */
export async function openHandedOver(options: { recipients?: number; count_opens?: boolean } = {}) {
  const deps = await openTestDeps()
  const { db } = deps
  const { recipients = 5, count_opens = false } = options
  await sql`
    insert into mailchimp_audience (list_id, list_name, account_name, fields, states, count_opens, connected_by, connected_at, begun_at)
    values ('list', 'Readers', 'Programme', '{}', '{confirmed}', ${count_opens}, 'staff 1', now(), now())`.execute(db)
  const round = await db
    .insertInto('rounds')
    .values({ code: '2016A', name: 'Round 2016A', starts_on: '2016-02-01' })
    .returning('id')
    .executeTakeFirstOrThrow()
  await sql`
    with made as (
      insert into people (given_name, family_name, country_code)
      select 'Reader', n::text, 'SE' from generate_series(1, ${recipients}::int) n order by n returning id, family_name
    )
    insert into addresses (person_id, address, is_primary)
    select id, 'reader' || family_name || '@library.example', true from made`.execute(db)

  /** Begun, with its links, and a copy for everybody. */
  async function addCampaign(of: {
    subject: string
    channel: 'email' | 'mailchimp'
    state?: string
    language?: string
  }) {
    const { subject, channel, state = 'sending', language = 'en' } = of
    const { id } = await db
      .insertInto('campaigns')
      .values({
        round_id: round.id,
        kind: 'topic',
        lane: 'campaign',
        state,
        channel,
        started_at: SENT_AT,
        frozen_at: SENT_AT,
      })
      .returning('id')
      .executeTakeFirstOrThrow()
    await db.insertInto('campaign_variants').values({ campaign_id: id, version: 1, language: 'en', subject }).execute()
    await db
      .insertInto('campaign_links')
      .values(LINKS.map((url, at) => ({ campaign_id: id, key: `link${at}`, url })))
      .execute()
    const isHeld = channel === 'mailchimp'
    await sql`
      insert into deliveries (campaign_id, person_id, lane, state, held_reason, accepted_at, address, domain, language, version, due_at)
      select ${id}, p.id, 'campaign', ${isHeld ? 'held' : 'accepted'}, ${isHeld ? 'mailchimp' : null}, ${isHeld ? null : SENT_AT},
        a.address, 'library.example', ${language}, 1, ${SENT_AT}
      from people p join addresses a on a.person_id = p.id where p.family_name ~ '^[0-9]+$' order by p.id`.execute(db)
    if (isHeld)
      await db
        .insertInto('mailchimp_campaigns')
        .values({
          ...{
            campaign_id: id,
            language,
            title: `Pairpost ${id} ${language}`,
            mailchimp_id: `there${id}`,
            state: 'sent',
          },
          ...{ send_at: SENT_AT, sent_at: SENT_AT, look_at: SENT_AT, recipients },
        })
        .execute()
    return id
  }

  async function findDelivery(campaign_id: number, place: number) {
    const { rows } = await sql<{ id: number; person_id: number; state: string; skipped_reason: string | null }>`
      select d.id, d.person_id, d.state, d.skipped_reason from deliveries d join people p on p.id = d.person_id
      where d.campaign_id = ${campaign_id} and p.family_name = ${String(place)}`.execute(db)
    if (!rows[0]) throw new Error(`no copy for reader ${place}`)
    return rows[0]
  }

  const there = tellNothing()
  const pulling: ReportDeps = {
    db,
    clock: deps.clock,
    log: pino({ level: 'silent' }),
    keys: deps.keys,
    mailchimp: speak(there),
  }
  return { deps, db, there, pulling, addCampaign, findDelivery, round_id: round.id }
}

/** Everything that a pulling writes, but for what Mailchimp's totals were when. */
export async function readLedger(db: Awaited<ReturnType<typeof openHandedOver>>['db']) {
  const [deliveries, events, hits, stops, consents] = await Promise.all([
    sql`select id, state, skipped_reason, held_reason, accepted_at from deliveries order by id`.execute(db),
    sql`select delivery_id, kind, class, words, at from delivery_events order by delivery_id, kind`.execute(db),
    sql`select delivery_id, link_key, at, method, agent, encode(network, 'hex') as network from tracking_hits
      order by delivery_id, at, link_key, id`.execute(db),
    sql`select address, scope, reason, source from suppressions order by address`.execute(db),
    sql`select person_id, purpose, given, source from consents order by id`.execute(db),
  ])
  return {
    deliveries: deliveries.rows,
    events: events.rows,
    hits: hits.rows,
    stops: stops.rows,
    consents: consents.rows,
  }
}
