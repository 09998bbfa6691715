import { gzipSync } from 'node:zlib'
import { sql } from 'kysely'
import { createCampaign, ensureCompiled } from '../../src/features/campaigns/index.ts'
import { keepUpload } from '../../src/features/imports/index.ts'
import { webhookSecret } from '../../src/features/mailchimp/back/secret.ts'
import { DEFAULT_TAGS } from '../../src/features/mailchimp/mirror/fields.ts'
import { DEFAULT_HIERARCHY } from '../../src/features/matching/index.ts'
import { signToken, type TokenPurpose } from '../../src/lib/tokens.ts'
import type { ListedRoute } from '../../src/platform/http/access.ts'
import type { TestDeps } from '../support/deps.ts'
import { addressOf } from './routes.ts'

/**
 * One of each thing, so that a route finds what it asks for. Written as rows: these tests are about routes, and know
 * no feature's rules. Campaign 1 is a draft, 2 a topic that is being sent, 3 the staff's own mail; import 1 is over,
 * import 2 waits for its columns; matching run 1 has found one pair, and decision 1 parts two others. Campaign 4 is an
 * automatic email; partnership 1 is of persons 1 and 2; webhook 1 has one message; delivery 3 went to contact 1, who fills in form 1; incoming message 1 waits in the Inbox as item 1;
 * clash 1 is person 1's.
 */
export async function fillOneOfEach(deps: TestDeps): Promise<void> {
  const { db } = deps
  const now = new Date('2016-03-01T09:00:00Z')
  await db
    .insertInto('rounds')
    .values({ code: '2016A', name: 'Round 2016A', applications_open_on: '2016-02-01', starts_on: '2016-03-07' })
    .execute()
  await db.insertInto('people').values({ given_name: 'Ana', family_name: 'Souza', country_code: 'BR' }).execute()
  await db.insertInto('addresses').values({ person_id: 1, address: ADDRESS }).execute()
  await db
    .insertInto('suppressions')
    .values({ address: 'gone@library.example', scope: 'all', reason: 'manual', source: 'test' })
    .execute()
  await db
    .insertInto('applications')
    .values({
      round_id: 1,
      person_id: 1,
      submitted_at: now,
      country_code: 'BR',
      code_of_conduct_agreed: true,
      commitment_agreed: true,
    })
    .execute()
  await db.updateTable('programme').set({ demo_loaded_at: now }).execute()
  await db.insertInto('staff').values({ name: 'Ben', address: 'ben@programme.example', role: 'viewer' }).execute()
  const expires_at = new Date(now.getTime() + 3600_000)
  await db.insertInto('sign_in_links').values({ staff_id: 1, created_at: now, expires_at }).execute()
  await fillImports(deps, now)
  await fillCampaigns(deps, now)
  await fillMatching(deps, now)
  await fillIncoming(deps, now)
  await fillAround(deps, now)
  await fillMailchimp(deps, now)
  await db
    .insertInto('api_tokens')
    .values({ name: 'script', role: 'viewer', token_hash: Buffer.from('a hash of no token') })
    .execute()
  await sql`
    insert into mailbox_messages (mail_from, rcpt_to, raw, subject)
    values ('a@b.example', ${ADDRESS},
      ${Buffer.from('Subject: Topic 1\r\nContent-Type: text/html\r\n\r\n<p>Hello</p>')}, 'Topic 1')`.execute(db)
}

const ADDRESS = 'ana.souza@library.example'

async function fillImports(deps: TestDeps, now: Date): Promise<void> {
  const fault = { line: 2, field: 'email', message: 'The address has no @.' }
  const none = { unchanged: 0, updated: 0, resubmitted: 0, refused_conduct: 0, cleaned: [], notes: [], mapping: {} }
  const counts = { rows: 2, applicants: 1, created: 1, faulty_count: 1, faulty: [fault], by_country_over_cap: [] }
  const result = JSON.stringify({ dry_run: false, ...counts, ...none })
  await deps.db.insertInto('jobs').values({ kind: 'import', state: 'done', result, finished_at: now }).execute()
  await deps.db
    .insertInto('imports')
    .values({ round_id: 1, job_id: 1, dry_run: false, result, faults: JSON.stringify([fault]), finished_at: now })
    .execute()
  await keepUpload(deps, { code: '2016A', content: Buffer.from('Email,Given name\nana@x.example,Ana\n') })
}

async function fillCampaigns(deps: TestDeps, now: Date): Promise<void> {
  const { db } = deps
  const text = { subject: 'Topic', body_markdown: 'Hello {{participant.given_name}}', from_name: 'The team' }
  for (let n = 0; n < 2; n++) await createCampaign(deps, { round: '2016A', kind: 'topic', ...text })
  // The other is left, since a page that compiles it must not keep it.
  await ensureCompiled(deps, 1, 1)
  await db
    .updateTable('campaigns')
    .set({ state: 'sending', slug: 'topic-2', send_at: now, starts_at: now, started_at: now, frozen_at: now })
    .where('id', '=', 2)
    .execute()
  await db.insertInto('campaigns').values({ kind: 'staff', lane: 'automatic', state: 'done' }).execute()
  await db.insertInto('senders').values({ name: 'test', limits: '14/1s,2000/86400s' }).execute()
  await db.insertInto('workers').values({ host: 'test', pid: 1 }).execute()
  const delivery = { campaign_id: 2, lane: 'campaign', address: ADDRESS, domain: 'library.example', language: 'en' }
  await db
    .insertInto('deliveries')
    .values([
      { ...delivery, person_id: 1, state: 'accepted', version: 1, due_at: now, accepted_at: now },
      { ...delivery, state: 'uncertain', version: 1, due_at: now, is_test: true },
    ])
    .execute()
  await db
    .insertInto('attempts')
    .values({
      delivery_id: 1,
      sender_id: 1,
      worker_id: 1,
      lane: 'campaign',
      address: ADDRESS,
      outcome: 'accepted',
      code: 250,
      ended_at: now,
    })
    .execute()
}

async function fillMatching({ db }: TestDeps, now: Date): Promise<void> {
  const partner = { given_name: 'Mikko', family_name: 'Laine', country_code: 'FI' }
  const other = { given_name: 'Davi', family_name: 'Melo', country_code: 'BR' }
  await db.insertInto('people').values([partner, other]).execute()
  await db.insertInto('addresses').values({ person_id: 2, address: 'mikko@library.example' }).execute()
  const agreed = { code_of_conduct_agreed: true, commitment_agreed: true }
  await db
    .insertInto('applications')
    .values({ round_id: 1, person_id: 2, submitted_at: now, state: 'confirmed', country_code: 'FI', ...agreed })
    .execute()
  const unsaid = { language: 'en', time_zone: null, sector: null, career_stage: null, pathway: 'direct' }
  const person = { ...unsaid, special_request: null, answers: {}, former_partner_ids: [] }
  const applicants = [
    { ...person, person_id: 1, given_name: 'Ana', family_name: 'Souza', country_code: 'BR' },
    { ...person, person_id: 2, ...partner },
  ]
  const settings = { policy: 'floor', mode: 'pairs', group_size: 4, odd_one: 'trio' }
  const hierarchy = JSON.stringify(DEFAULT_HIERARCHY)
  const problem = { applicants, hierarchy: DEFAULT_HIERARCHY, locks: [], bans: [], ...settings }
  const found = { cardinality: 1, total_score: 5000, worst_score: 5000, proven_optimal: true, finished_at: now }
  const input = { input: gzipSync(JSON.stringify(problem)), input_digest: '0'.repeat(64), people: 2 }
  await db
    .insertInto('matching_runs')
    .values({ round_id: 1, hierarchy, ...settings, ...input, ...found })
    .execute()
  await db
    .insertInto('proposals')
    .values({ run_id: 1, score: 5000, reasons: JSON.stringify(['Both write in English.']) })
    .execute()
  const members = [1, 2].map((person_id) => ({ run_id: 1, proposal_id: 1, person_id }))
  await db.insertInto('proposal_members').values(members).execute()
  await db
    .insertInto('matching_decisions')
    .values({ round_id: 1, kind: 'ban', first_person_id: 2, second_person_id: 3 })
    .execute()
}

async function fillIncoming({ db }: TestDeps, now: Date): Promise<void> {
  const automatic = { kind: 'automatic', automatic_key: 'application_received', lane: 'automatic', state: 'sending' }
  await db
    .insertInto('campaigns')
    .values({ ...automatic, round_id: 1, version: 2, live_version: 1, started_at: now })
    .execute()
  const text = { subject: 'Check', body_markdown: 'Hello.' }
  const extras = JSON.stringify({ image: null, video: null, curator: null, links: [] })
  await db
    .insertInto('campaign_variants')
    .values([1, 2].map((version) => ({ ...text, campaign_id: 4, version, language: 'en', extras })))
    .execute()
  const contact = { address: 'noor@library.example', given_name: 'Noor', interested_at: now }
  await db.insertInto('contacts').values(contact).execute()
  await db
    .insertInto('deliveries')
    .values({
      ...{ campaign_id: 4, contact_id: 1, lane: 'automatic', state: 'accepted', version: 1, language: 'en' },
      ...{ address: contact.address, domain: 'library.example', due_at: now, accepted_at: now },
    })
    .execute()
  await db
    .insertInto('application_drafts')
    .values({ round_id: 1, contact_id: 1, step: 2, created_at: now, updated_at: now })
    .execute()
  const raw = Buffer.from('From: ana.souza@library.example\r\nSubject: Re: Topic\r\n\r\nPerhaps.\r\n')
  await db
    .insertInto('incoming_messages')
    .values({
      ...{ source: 'smtp', mail_from: ADDRESS, rcpt_to: 'reply@programme.example', raw, octets: raw.length },
      ...{ digest: Buffer.alloc(32), received_at: now, state: 'read', kind: 'reply', why: 'It is a reply.' },
      ...{ from_address: ADDRESS, subject: 'Re: Topic', visible: 'Perhaps.', outcome: 'inbox', read_at: now },
      ...{ delivery_id: 1, person_id: 1, round_id: 1, said_at: now, found_by: 'token' },
    })
    .execute()
  await db
    .insertInto('inbox_items')
    .values({ incoming_id: 1, round_id: 1, person_id: 1, why: 'It is not clear.', created_at: now })
    .execute()
  await db
    .insertInto('duplicate_proposals')
    .values({ first_person_id: 1, second_person_id: 2, why: 'The same name.', created_at: now })
    .execute()
}

/** What is told of people, and to other services. */
async function fillAround({ db }: TestDeps, now: Date): Promise<void> {
  await db
    .insertInto('campaign_links')
    .values({ campaign_id: 2, key: 'application_received', url: 'https://a.example/' })
    .execute()
  await db.insertInto('partnerships').values({ round_id: 1, introduced_at: now, created_at: now }).execute()
  const members = [1, 2].map((person_id) => ({ partnership_id: 1, person_id }))
  await db.insertInto('partnership_members').values(members).execute()
  const endpoint = {
    url: 'http://127.0.0.1:9/',
    types: ['delivery.bounced'],
    salt: Buffer.alloc(16),
    created_by: 'Ana',
    created_at: now,
  }
  await db.insertInto('webhook_endpoints').values(endpoint).execute()
  await db
    .insertInto('webhook_messages')
    .values({ endpoint_id: 1, type: 'delivery.bounced', payload: '{}', occurred_at: now, state: 'delivered' })
    .execute()
}

/** The audience in Mailchimp, and what a person must see to. */
async function fillMailchimp({ db }: TestDeps, now: Date): Promise<void> {
  await sql`
    insert into mailchimp_audience (list_id, list_name, account_name, fields, states, connected_by, connected_at, begun_at)
    values ('aaaaaaaaaa', 'Programme', 'ILN', ${JSON.stringify(DEFAULT_TAGS)}, '{confirmed}', 'Ana', ${now}, ${now})`.execute(
    db,
  )
  await sql`
    insert into mailchimp_members (hash, person_id, address, status, is_ours, trouble, trouble_words)
    values (md5(${ADDRESS}), 1, ${ADDRESS}, 'pending', true, 'pending', 'They have not answered yet.')`.execute(db)
  await sql`
    insert into mailchimp_clashes (person_id, field, agreed, ours, theirs, ours_at, theirs_at, kept, at)
    values (1, 'given_name', 'Ana', 'Anita', 'Anna', ${now}, ${now}, 'ours', ${now})`.execute(db)
}

/** Every address of the route at which there is something. */
export function realAddressesOf(route: ListedRoute, deps: Pick<TestDeps, 'keys' | 'config'>): string[] {
  const { url } = route
  const ids = /\/campaigns\/:id/.test(url) ? ['1', '2', '3', '4'] : /\/imports\/:id/.test(url) ? ['1', '2'] : ['1']
  const [, purpose, signed = 1] = PURPOSES.find(([beginning]) => url.startsWith(beginning)) ?? []
  const token = purpose && signToken(deps.keys, purpose, signed)
  const places = {
    code: '2016A',
    round: '2016A',
    slug: 'topic-2',
    language: 'en',
    version: '1',
    delivery: '1',
    proposal: '1',
    key: 'application_received',
    step: '2',
    pathway: 'direct',
    message_id: '1',
    secret: webhookSecret(deps),
  }
  return ids.map((id) => addressOf(route, { ...places, id, ...(token ? { token } : {}) }) + (QUERIES[url] ?? ''))
}

/** Beginnings of addresses, with the purpose of their token and what it was signed for. */
const PURPOSES: [string, TokenPurpose, number?][] = [
  ['/t/:token/:key', 'click'],
  ['/t/', 'open'],
  ['/p/confirm/', 'confirm'],
  ['/p/check-in/', 'check_in'],
  ['/apply/verify/', 'verify', 3],
  ['/apply/resume/', 'resume', 3],
  ['/interest/', 'interest', 3],
  ['/u/', 'unsubscribe'],
  ['/p/', 'preferences'],
  ['/sign-in/', 'sign_in'],
]

/** What a page cannot be asked for without. */
const QUERIES: Record<string, string> = {
  ...Object.fromEntries(
    ['engagement', 'delivery', 'associations/:pathway'].flatMap((kind) => [
      [`/api/v1/reports/${kind}`, '?round=2016A'],
      [`/api/v1/reports/${kind}.csv`, '?round=2016A'],
    ]),
  ),
  '/api/v1/reports/engagement/people': '?round=2016A&section=topics&row=2&column=accepted',
  '/api/v1/reports/delivery/people': '?round=2016A&section=domains&row=~total&column=recipients',
  '/api/v1/reports/rounds/:code/people': '?section=country&row=BR&column=applicants',
  '/console/reports/people': '?kind=round&round=2016A&section=country&row=BR&column=applicants',
  '/p/preferences/:token/leave': '?round=2016A',
  '/console/campaigns/:id/preview': '?as=sample&language=en&scheme=light&part=html',
  '/console/campaigns/:id/frame': '?as=sample&language=en',
  '/console/campaigns/:id/findings': '?language=en',
  '/api/v1/matching-runs/:id/candidates': '?person=1',
  '/console/matching/:id/swap': '?person=1',
}
