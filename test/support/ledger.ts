import { sql } from 'kysely'
import pino from 'pino'
import { ensureSender, type SendDeps } from '../../src/features/deliveries/index.ts'
import type { Clock } from '../../src/lib/clock.ts'
import type { Db } from '../../src/platform/db/open.ts'

/** A campaign under way with one queued delivery for each address, without text: for tests of the ledger alone. */
export async function queueCampaign(
  db: Db,
  addresses: readonly string[],
  options: { lane?: 'automatic' | 'campaign'; due?: Date; state?: string } = {},
): Promise<number> {
  const { lane = 'campaign', due = new Date('2016-03-01T09:00:00Z'), state = 'sending' } = options
  const { rows } = await sql<{ id: number }>`
    with round as (
      insert into rounds (code, name) values ('R' || (select count(*) from rounds), 'Round') returning id
    ) insert into campaigns (round_id, kind, lane, state, started_at, starts_at)
    select id, ${lane === 'automatic' ? 'confirmation' : 'topic'}, ${lane}, ${state}, ${due}, ${due} from round returning id`.execute(
    db,
  )
  const id = (rows[0] as { id: number }).id
  await sql`
    with listed as (select address, row_number() over () as n from unnest(${addresses}::text[]) as address),
    made as (
      insert into people (given_name, family_name, country_code) select 'Person ' || n, 'of ' || ${id}::int, 'SE' from listed order by n returning id
    ), numbered as (select id, row_number() over (order by id) as n from made)
    insert into deliveries (campaign_id, person_id, lane, state, address, domain, language, version, due_at)
    select ${id}, numbered.id, ${lane}, 'queued', address, split_part(address, '@', 2), 'en', 1, ${due}
    from numbered join listed using (n) order by n`.execute(db)
  return id
}

/** What `sendDue` needs, with a short message that names its delivery. */
export async function sendDeps(
  deps: { db: Db; clock: Clock },
  smtpUrl: string,
  options: { limits?: string; connections?: number } = {},
): Promise<SendDeps> {
  return {
    db: deps.db,
    clock: deps.clock,
    log: pino({ level: 'silent' }),
    smtpUrl,
    smtpConnections: options.connections ?? 5,
    mailDomain: 'programme.example',
    senderId: await ensureSender(deps.db, options.limits),
    compose: async () => (delivery) => ({
      from: `bounce+${delivery.id}@programme.example`,
      to: delivery.address,
      message: Buffer.from(`Message-ID: <${delivery.id}@programme.example>\r\nSubject: Test\r\n\r\nHello\r\n`),
    }),
    assertMaySend: async () => undefined,
  }
}

/** How many deliveries of a campaign are in each state. */
export async function statesOf(db: Db, campaignId: number): Promise<Record<string, number>> {
  const { rows } = await sql<{ state: string; count: number }>`
    select state, count(*) as count from deliveries where campaign_id = ${campaignId} group by state order by state`.execute(
    db,
  )
  return Object.fromEntries(rows.map((row) => [row.state, row.count]))
}

export const neverStopped = () => new AbortController().signal
