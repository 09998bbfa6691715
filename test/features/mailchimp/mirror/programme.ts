/** A programme with an audience in a made-up Mailchimp account, for the tests of the mirror. */
import { sql } from 'kysely'
import type { MailchimpDeps } from '../../../../src/features/mailchimp/deps.ts'
import { connectAudience } from '../../../../src/features/mailchimp/index.ts'
import { type SyncInput, type SyncResult, sync } from '../../../../src/features/mailchimp/mirror/sync.ts'
import type { FakeMailchimp, FakeOptions } from '../../../../src/platform/mailchimp/fake/index.ts'
import { openMailchimp } from '../../../../src/platform/mailchimp/index.ts'
import { openTestDeps, type TestDeps } from '../../../support/deps.ts'
import { openTestMailchimp } from '../../../support/mailchimp.ts'

export interface Programme {
  deps: MailchimpDeps & { clock: TestDeps['clock']; pool: TestDeps['pool'] }
  fake: FakeMailchimp
  sync(input?: Partial<SyncInput>, signal?: AbortSignal): Promise<SyncResult>
}

/** An empty programme with an account. */
export async function openProgramme(options: FakeOptions = {}): Promise<Programme> {
  const base = await openTestDeps({ PUBLIC_URL: 'https://pairpost.example' })
  const fake = await openTestMailchimp({ clock: base.clock, ...options })
  const account = { apiKey: fake.key, baseUrl: fake.baseUrl }
  const mailchimp = openMailchimp(base, account, { timeoutMs: 3000, wait: () => Promise.resolve() })
  const deps = { ...base, mailchimp }
  const run = (input: Partial<SyncInput> = {}, signal?: AbortSignal) =>
    sync(
      deps,
      { whole: false, dry_run: false, ...input },
      { progress: () => undefined, pollMs: 5, ...(signal ? { signal } : {}) },
    )
  return { deps, fake, sync: run }
}

/** With its audience connected; the sync that this starts is not run. */
export async function openConnected(options: FakeOptions = {}): Promise<Programme> {
  const programme = await openProgramme(options)
  await connectAudience(programme.deps, { list_id: programme.fake.list_id, by: 'staff 1' })
  return programme
}

/** Makes a round, and people with one application each: reader1@library.example … */
export async function addPeople(
  { deps }: Pick<Programme, 'deps'>,
  count: number,
  { code = '2016A', state = 'confirmed', starts_on = '2016-03-01' } = {},
): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    with round as (
      insert into rounds (code, name, starts_on) values (${code}, ${code}, ${starts_on})
      on conflict (code) do update set name = excluded.name returning id),
    made as (
      insert into people (given_name, family_name, country_code, language)
      select 'Reader' || n, 'Number ' || n, (array['AU','FI','KE','BR','JP'])[1 + n % 5], 'en'
      from generate_series(1, ${count}::int) n returning id, country_code),
    addressed as (
      insert into addresses (person_id, address) select id, 'reader' || id || '@library.example' from made),
    applied as (
      insert into applications (round_id, person_id, state, submitted_at, country_code, code_of_conduct_agreed, commitment_agreed)
      select round.id, made.id, ${state}, now(), made.country_code, true, true from made, round)
    select id from made order by id`.execute(deps.db)
  return rows.map(({ id }) => id)
}

export const addressOf = (id: number) => `reader${id}@library.example`
