import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { erasePerson } from '../../../src/features/privacy/index.ts'
import { openTestDeps } from '../../support/deps.ts'
import { fillColumn, findWords, listColumns } from './every-column.ts'
import { ADDRESS, FAMILY, fillOnePerson, GIVEN, TRACE } from './one-person.ts'

/** Tables that no person can be in: whoever adds one that may is told by this test. */
const NOT_ABOUT_PEOPLE: Record<string, string> = {
  api_tokens: 'of programs',
  staff: 'of staff',
  sessions: 'of staff',
  sign_in_links: 'of staff',
  audit_log: 'ids only',
  campaigns: 'what staff wrote to everybody',
  campaign_variants: 'what staff wrote to everybody',
  campaign_links: 'what staff wrote to everybody',
  campaign_figures: 'counts',
  round_figures: 'counts',
  codes_of_conduct: 'what staff wrote to everybody',
  pictures: 'what staff wrote to everybody',
  link_checks: 'addresses of pages',
  rounds: 'the timetable',
  programme: 'settings',
  installation: 'settings',
  sender_limits: 'settings',
  imap_mailboxes: 'settings',
  workers: 'machines',
  matching_settings: 'settings',
  import_mappings: 'titles of columns',
  matching_checkpoints: 'numbers, only while a run goes on',
  matching_cycles: 'numbers, only while a run goes on',
  matching_tiles: 'numbers, only while a run goes on',
  webhook_endpoints: 'settings',
  webhook_messages: 'ids and states',
  report_changes: 'ids',
  tracking_changes: 'ids',
  mailchimp_audience: 'settings',
  mailchimp_campaigns: 'what staff wrote to everybody, and counts',
  mailchimp_changes: 'ids',
  mailchimp_slots: 'machines',
  migrations: 'of the database',
  application_history: 'what figures are counted from: state, country, pathway, sector, career stage',
}

/** Columns that stay, since a figure or a proof needs them, or that machines write from a list of their own. */
const STAYS: Record<string, string[]> = {
  people: ['country_code', 'language'],
  applications: ['country_code', 'pathway', 'sector', 'career_stage'],
  consents: ['wording', 'language', 'recorded_by'],
  check_in_answers: ['recorded_by'],
  confirmation_answers: ['before', 'recorded_by'],
  deliveries: ['language'],
  application_drafts: ['language'],
  contacts: ['language'],
  attempts: ['lane', 'enhanced_code'],
  delivery_events: ['status', 'class'],
  delivery_hits: ['link_key'],
  tracking_hits: ['link_key'],
  duplicate_proposals: [],
  erasures: ['reason', 'erased_by'],
  idempotency_keys: ['caller', 'key', 'request_hash', 'content_type'],
  import_changes: ['table_name'],
  imports: ['mapping'],
  jobs: ['kind'],
  incoming_messages: ['digest', 'outcome'],
  inbox_replies: ['written_by'],
  mailbox_messages: [],
  // The name of the contact there, which is needed to remove it for good.
  mailchimp_members: ['hash'],
  mailchimp_events: ['hash', 'outcome', 'mailchimp_campaign'],
  matching_decisions: ['decided_by', 'lifted_by'],
  matching_runs: [
    'input',
    'input_digest',
    'created_by',
    'approved_by',
    'hierarchy',
    'greedy',
    'rounds',
    'timings',
    'barrier',
  ],
  proposal_edits: ['edited_by'],
  senders: ['name', 'limits', 'limits_from_env'],
  domain_stops: ['domain'],
  suppressions: ['address', 'source'],
}

/** Which rows are hers, where others are in the table too. */
const HERS: Record<string, string> = {
  people: 'id = 1',
  addresses: 'person_id = 1',
  applications: 'person_id = 1',
  deliveries: 'not is_test',
  matching_decisions: 'first_person_id = 1',
}

test('nothing is left of a person who is erased, in any column of any table, but what says never to mail her again', async () => {
  const deps = await openTestDeps()
  await fillOnePerson(deps)
  const words = `${GIVEN} ${FAMILY} <${ADDRESS}>`
  const filled: string[] = []
  const empty = new Set<string>()
  for (const column of await listColumns(deps.db)) {
    const { table_name, column_name } = column
    if (table_name in NOT_ABOUT_PEOPLE || STAYS[table_name]?.includes(column_name)) continue
    const { rows } = await sql`select from ${sql.table(table_name)} limit 1`.execute(deps.db)
    if (rows.length === 0) empty.add(table_name)
    const where = HERS[table_name] ?? 'true'
    const took =
      column_name === 'address' || (table_name === 'imports' && column_name === 'content')
        ? true
        : await fillColumn(deps.db, column, { where, words })
    if (took) filled.push(`${table_name}.${column_name}`)
  }
  // A table without a row proves nothing: give it one in one-person.ts, or say above why nobody is in it.
  expect([...empty].filter((table) => table !== 'erasures')).toEqual([])
  expect(filled.length).toBeGreaterThan(60)
  const before = new Set((await findWords(deps.db, TRACE)).map((line) => line.split(':')[0]))
  expect(filled.filter((column) => !before.has(column))).toEqual([])

  await erasePerson(deps, { id: 1, reason: 'asked', erased_by: 'staff 1' })

  expect(await findWords(deps.db, TRACE)).toEqual([`suppressions.address: ${ADDRESS}`])
  const stops = await deps.db
    .selectFrom('suppressions')
    .select(['reason', 'lifted_at'])
    .where('address', '=', ADDRESS)
    .execute()
  expect(stops).toEqual([{ reason: 'unsubscribed', lifted_at: null }])
})
