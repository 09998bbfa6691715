import { type Kysely, sql } from 'kysely'
import { expect, test } from 'vitest'
import { openTestDeps, TEST_TOKEN, type TestDeps } from '../support/deps.ts'
import { addressOf, listOwnRoutes, openWholeApp } from './routes.ts'

/** Real things, so that a GET finds what it asks for. */
const VALUES = { id: '1', code: '2016A' }

test('no GET or HEAD changes a row of any table', async () => {
  const deps = await openTestDeps()
  await fill(deps)
  const app = await openWholeApp(deps)
  const found: string[] = []
  for (const route of listOwnRoutes(app).filter(({ method }) => method === 'GET')) {
    const values = route.url.includes('/tokens/') ? {} : VALUES
    const before = await fingerprint(deps.db)
    for (const method of ['GET', 'HEAD'] as const) {
      const url = addressOf(route, values)
      const answer = await app.inject({
        method,
        url,
        headers: { host: 'localhost', authorization: `Bearer ${TEST_TOKEN}`, 'idempotency-key': 'a-get-needs-none' },
      })
      expect(answer.statusCode, url).toBeLessThan(500)
      if (method === 'GET' && answer.statusCode === 200) found.push(route.url)
    }
    expect(await fingerprint(deps.db), route.url).toEqual(before)
  }
  // Proof that the addresses led to something.
  expect(found).toEqual(
    expect.arrayContaining([
      '/api/v1/rounds/:code',
      '/api/v1/campaigns/:id',
      '/api/v1/deliveries/:id',
      '/api/v1/people/:id',
      '/api/v1/jobs/:id',
      '/api/v1/sending',
      '/mailbox/:id',
    ]),
  )
})

/** Every table with its rows and the transactions that wrote them: an update that changes no value shows too. */
async function fingerprint(db: Kysely<never> | TestDeps['db']): Promise<Record<string, string>> {
  const { rows: tables } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`.execute(db)
  const result: Record<string, string> = {}
  for (const { name } of tables) {
    const { rows } = await sql<{ mark: string }>`
      select count(*) || ' ' || coalesce(md5(string_agg(ctid || '/' || xmin || '/' || xmax, ',' order by ctid)), '') as mark
      from ${sql.table(name)}`.execute(db)
    result[name] = rows[0]?.mark ?? ''
  }
  return result
}

/** One of each. Written as rows: this test is about reading, and knows no feature's rules. */
async function fill({ db }: TestDeps): Promise<void> {
  const now = new Date('2016-03-01T09:00:00Z')
  await db.insertInto('rounds').values({ code: '2016A', name: 'Round 2016A' }).execute()
  await db.insertInto('people').values({ given_name: 'Ana', family_name: 'Souza', country_code: 'BR' }).execute()
  await db.insertInto('addresses').values({ person_id: 1, address: 'ana.souza@library.example' }).execute()
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
  await db.insertInto('jobs').values({ kind: 'import' }).execute()
  await db
    .insertInto('imports')
    .values({ round_id: 1, job_id: 1, content: Buffer.from('a,b\n1,2\n'), dry_run: false })
    .execute()
  await db.insertInto('senders').values({ name: 'test', limits: '14/1s,2000/86400s' }).execute()
  await db.insertInto('workers').values({ host: 'test', pid: 1 }).execute()
  await db.insertInto('campaigns').values({ round_id: 1, kind: 'topic', lane: 'campaign' }).execute()
  await db
    .insertInto('campaign_variants')
    .values({ campaign_id: 1, version: 1, language: 'en', subject: 'Topic 1', body_markdown: 'Hello {{given_name}}' })
    .execute()
  await db
    .insertInto('deliveries')
    .values({
      campaign_id: 1,
      person_id: 1,
      lane: 'campaign',
      state: 'accepted',
      address: 'ana.souza@library.example',
      domain: 'library.example',
      language: 'en',
      version: 1,
      due_at: now,
      accepted_at: now,
    })
    .execute()
  await db
    .insertInto('attempts')
    .values({
      delivery_id: 1,
      sender_id: 1,
      worker_id: 1,
      lane: 'campaign',
      address: 'ana.souza@library.example',
      outcome: 'accepted',
      code: 250,
      ended_at: now,
    })
    .execute()
  await sql`
    insert into mailbox_messages (mail_from, rcpt_to, raw, subject)
    values ('a@b.example', 'ana.souza@library.example', 'Subject: Topic 1\r\n\r\nHello'::bytea, 'Topic 1')`.execute(db)
}
