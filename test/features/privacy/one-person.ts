import { gzipSync } from 'node:zlib'
import { sql } from 'kysely'
import { fillOneOfEach } from '../../app/one-of-each.ts'
import type { TestDeps } from '../../support/deps.ts'

export const GIVEN = 'Zeynquilla'
export const FAMILY = 'Oyarzúnbeck'
export const ADDRESS = 'zeynquilla.oyarzunbeck@needle.example'
/** Nobody else has any of these. */
export const TRACE = /zeynquilla|oyarz|needle\.example/i

/**
 * Everything that can be known about one person (id 1), a row of each kind, on top of one of each: her partner is person 2
 * (Mikko Laine), with whom she waits to be introduced, and what she was before she applied is contact 1.
 */
export async function fillOnePerson(deps: TestDeps): Promise<void> {
  const { db } = deps
  await fillOneOfEach(deps)
  await sql`update people set given_name = ${GIVEN}, family_name = ${FAMILY}, time_zone = 'America/Bahia' where id = 1`.execute(
    db,
  )
  await sql`update addresses set address = ${ADDRESS} where person_id = 1`.execute(db)
  await sql`update contacts set address = ${ADDRESS} where id = 1`.execute(db)
  await sql`update application_drafts set application_id = 1 where id = 1`.execute(db)
  await sql`update deliveries set address = ${ADDRESS}, domain = 'needle.example' where not is_test`.execute(db)
  await sql`update attempts set address = ${ADDRESS}, words = ${`550 5.1.1 <${ADDRESS}> is unknown`}`.execute(db)
  await sql`update incoming_messages set from_address = ${ADDRESS}, mail_from = ${ADDRESS}`.execute(db)
  await sql`update mailbox_messages set rcpt_to = ${ADDRESS}`.execute(db)
  await sql`update imports set content = ${Buffer.from(`Email,Given name\n${ADDRESS.toUpperCase()},Z\n`, 'utf16le')}
    where content is not null`.execute(db)
  await sql`update applications set answers = '{"interests": ["music"]}', state = 'confirmed' where id = 1`.execute(db)
  await fillMatching(deps)
  await fillRest(deps)
}

async function fillMatching({ db }: TestDeps): Promise<void> {
  const { rows } = await sql<{ input: Buffer }>`select input from matching_runs where id = 1`.execute(db)
  const { gunzipSync } = await import('node:zlib')
  const problem = JSON.parse(gunzipSync((rows[0] as { input: Buffer }).input).toString())
  Object.assign(problem.applicants[0], {
    given_name: GIVEN,
    family_name: FAMILY,
    special_request: `Write to ${ADDRESS}`,
    answers: { interests: [FAMILY] },
  })
  const input = gzipSync(JSON.stringify(problem))
  await sql`update matching_runs set input = ${input}, approved_at = now() where id = 1`.execute(db)
  const side = {
    proposals: [{ id: 1, score: 1, reasons: [GIVEN], introduction: FAMILY, members: [{ person_id: 1, role: null }] }],
    unmatched: [],
  }
  await sql`insert into proposal_edits (run_id, did, before, after)
    values (1, ${`Parted ${GIVEN} ${FAMILY} and Mikko Laine.`}, ${JSON.stringify(side)}, ${JSON.stringify(side)})`.execute(
    db,
  )
  await sql`insert into unmatched_people (run_id, person_id, reason, possible_partners) values (1, 1, 'broken', 3)`.execute(
    db,
  )
  await sql`insert into matching_decisions (round_id, kind, first_person_id, second_person_id) values (1, 'ban', 1, 3)`.execute(
    db,
  )
  // of her and person 2
  await sql`update partnerships set run_id = 1, score = 5000, introduced_at = null where id = 1`.execute(db)
}

async function fillRest({ db }: TestDeps): Promise<void> {
  await sql`
    insert into check_in_answers (partnership_id, person_id, answer, source, said_at, recorded_at)
    values (1, 1, 'in_touch', 'staff', now(), now())`.execute(db)
  await sql`
    insert into consents (person_id, purpose, given, at, wording, language, source)
    values (1, 'tracking', true, now(), 'May we count what you open?', 'en', 'link')`.execute(db)
  await sql`
    insert into confirmation_answers (application_id, before, answer, source, incoming_id, delivery_id, said_at, recorded_at)
    values (1, 'applied', 'confirmed', 'reply', 1, 1, now(), now())`.execute(db)
  await sql`
    insert into preference_changes (person_id, delivery_id, before, after, changed_at)
    values (1, 1, '{"given_name": "Z"}', '{}', now())`.execute(db)
  await sql`
    insert into import_changes (import_id, table_name, row_id, after)
    values (1, 'people', 1, '{}'), (1, 'applications', 1, '{}'), (1, 'addresses', 1, '{"person_id": 1}')`.execute(db)
  await sql`
    insert into delivery_events (delivery_id, incoming_id, kind, class, address, at)
    values (1, 1, 'bounce', 'hard', ${ADDRESS}, now()), (1, 1, 'bounce', 'hard', 'old@needle.example', now())`.execute(
    db,
  )
  await sql`
    insert into inbox_replies (item_id, delivery_id, subject, body, written_by, written_at)
    values (1, 1, 'Re', 'Dear Z', 'staff 1', now())`.execute(db)
  await sql`insert into campaign_links (campaign_id, key, url) values (2, 'abcdefghijkl', 'https://example.org/')`.execute(
    db,
  )
  await sql`
    insert into tracking_hits (delivery_id, link_key, at, method, agent, network)
    values (1, 'abcdefghijkl', now(), 'GET', 'Browser', '\x01')`.execute(db)
  await sql`
    insert into delivery_hits (delivery_id, link_key, human, machine, first_at) values (1, 'abcdefghijkl', 1, 0, now())`.execute(
    db,
  )
  await sql`
    insert into idempotency_keys (caller, key, request_hash, status, response)
    values ('token 1', 'one', 'hash', 200, '{"id": 1}')`.execute(db)
  await sql`insert into domain_stops (sender_id, domain, words) values (1, 'other.example', 'No')`.execute(db)
  await sql`
    insert into suppressions (address, scope, reason, source, lifted_at) values
      (${ADDRESS}, 'all', 'unsubscribed', 'delivery 1', null), (${ADDRESS}, 'all', 'hard_bounce', 'bounce', null),
      (${ADDRESS}, 'campaigns', 'manual', 'staff 1', now())`.execute(db)
  await sql`
    insert into deliveries (campaign_id, person_id, occasion, lane, state, held_reason, address, domain, language, version, due_at)
    values (2, 1, 1, 'campaign', 'held', 'late', ${ADDRESS}, 'needle.example', 'en', 1, now())`.execute(db)
  await sql`
    insert into mailchimp_members (hash, person_id, address, status, fields, tags, agreed, is_ours, digest, trouble, trouble_words, new_address)
    values (md5(${ADDRESS}), 1, ${ADDRESS}, 'subscribed', '{"given_name": "Z"}', '{2016A applied}', '{}', true, 'd', 'refused', 'No', 'z2@needle.example')`.execute(
    db,
  )
  await sql`
    insert into mailchimp_events (body_digest, kind, received_at, hash, address, reason)
    values ('\\x02', 'cleaned', now(), md5(${ADDRESS}), ${ADDRESS}, 'hard')`.execute(db)
  await sql`
    insert into mailchimp_clashes (person_id, field, agreed, ours, theirs, ours_at, theirs_at, kept, at)
    values (1, 'given_name', 'Z', 'Zz', 'Zy', now(), now(), 'ours', now())`.execute(db)
  await sql`
    insert into audit_log (actor, actor_name, role, did, route, params)
    values ('staff 1', 'Ben', 'director', 'Look at a person', 'GET /console/participants/:id', '{"id": 1}')`.execute(db)
}
