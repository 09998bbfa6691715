import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'
import type { Traces } from '../erase/trace-queries.ts'
import { type ExportedRow, readRows } from './json-queries.ts'

/** Every email to them, with how it went, what came back and what was clicked, as far as it is kept. */
export function listExportedEmails(db: DbOrTx, { delivery_ids }: Traces): Promise<ExportedRow[]> {
  return readRows(
    db,
    sql`
    select d.id, r.code as round, c.kind, coalesce(w.subject, v.subject) as subject, d.language, d.address, d.state, d.skipped_reason,
      d.held_reason, d.due_at, d.accepted_at, d.updated_at,
      coalesce((select jsonb_agg(jsonb_build_object('at', t.taken_at, 'ended_at', t.ended_at, 'address', t.address,
          'outcome', t.outcome, 'code', t.code, 'words', t.words) order by t.id)
        from attempts t where t.delivery_id = d.id), '[]') as attempts,
      coalesce((select jsonb_agg(jsonb_build_object('at', e.at, 'kind', e.kind, 'class', e.class, 'words', e.words,
          'address', e.address) order by e.id)
        from delivery_events e where e.delivery_id = d.id), '[]') as events,
      coalesce((select jsonb_agg(jsonb_build_object('at', h.at, 'link', case when h.link_key is null then null else coalesce(l.url, '') end,
          'method', h.method, 'program', h.agent) order by h.id)
        from tracking_hits h left join campaign_links l on l.campaign_id = d.campaign_id and l.key = h.link_key
        where h.delivery_id = d.id), '[]') as clicks_and_opens,
      coalesce((select jsonb_agg(jsonb_build_object('link', coalesce(l.url, ''), 'by_a_person', k.human, 'by_a_machine', k.machine,
          'first_at', k.first_at) order by k.link_key)
        from delivery_hits k left join campaign_links l on l.campaign_id = d.campaign_id and l.key = k.link_key
        where k.delivery_id = d.id), '[]') as counted
    from deliveries d
    join campaigns c on c.id = d.campaign_id
    left join rounds r on r.id = c.round_id
    left join campaign_variants v on v.campaign_id = d.campaign_id and v.version = d.version and v.language = d.language
    left join inbox_replies w on w.delivery_id = d.id
    where d.id = any(${delivery_ids}::bigint[]) order by d.id`,
  )
}

/** What came from them, as text, with what staff noted and answered. A partner's letter is not theirs. */
export function listExportedMessages(db: DbOrTx, { incoming_ids, person_ids }: Traces): Promise<ExportedRow[]> {
  return readRows(
    db,
    sql`
    select m.id, m.received_at, m.said_at, m.kind, m.mail_from, m.rcpt_to, m.client_ip, m.client_helo, m.from_address, m.from_name,
      m.subject, m.message_id, m.in_reply_to, m.authenticity, m.octets, m.visible as text, m.quoted, m.guess, m.why, m.outcome,
      (select jsonb_build_object('why', i.why, 'state', i.state, 'decision', i.decision, 'decided_at', i.decided_at, 'note', i.note,
          'unknown_address', i.unknown_address, 'address_decision', i.address_decision,
          'replies', coalesce((select jsonb_agg(jsonb_build_object('written_at', y.written_at, 'subject', y.subject, 'text', y.body)
            order by y.id) from inbox_replies y where y.item_id = i.id), '[]'))
        from inbox_items i where i.incoming_id = m.id) as staff
    from incoming_messages m
    where m.id = any(${incoming_ids}::bigint[]) and (m.person_id is null or m.person_id = any(${person_ids}::bigint[]))
    order by m.id`,
  )
}

/** What they typed before they were people of ours. */
export function listExportedForms(db: DbOrTx, { application_ids, contact_ids }: Traces): Promise<ExportedRow[]> {
  return readRows(
    db,
    sql`
    select r.code as round, f.answers, f.step, f.language, f.created_at, f.updated_at, f.address_verified_at, f.submitted_at
    from application_drafts f join rounds r on r.id = f.round_id
    where f.application_id = any(${application_ids}::bigint[]) or f.contact_id = any(${contact_ids}::bigint[])
    order by f.id`,
  )
}

export function listExportedContacts(db: DbOrTx, { contact_ids }: Traces): Promise<ExportedRow[]> {
  return readRows(
    db,
    sql`
    select address, given_name, family_name, country_code, language, created_at, interested_at, interest_verified_at,
      interest_left_at, forgotten_at
    from contacts where id = any(${contact_ids}::bigint[]) order by id`,
  )
}
