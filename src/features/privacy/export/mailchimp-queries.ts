import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'
import { type ExportedRow, readRows } from './json-queries.ts'

/** What stands of a person in Mailchimp as far as we know, what it told us, and where both sides differed. */
export function listExportedContactsThere(db: DbOrTx, id: number): Promise<ExportedRow[]> {
  return readRows(
    db,
    sql`
    select m.address, m.status, m.fields, m.tags, m.agreed, m.changed_there_at, m.read_at, m.written_at, m.trouble_words, m.new_address,
      coalesce((select jsonb_agg(jsonb_build_object('kind', e.kind, 'fired_at', e.fired_at, 'received_at', e.received_at,
          'reason', e.reason, 'outcome', e.outcome) order by e.id)
        from mailchimp_events e where e.hash = m.hash), '[]') as events,
      coalesce((select jsonb_agg(jsonb_build_object('field', c.field, 'agreed', c.agreed, 'ours', c.ours, 'theirs', c.theirs,
          'kept', c.kept, 'at', c.at) order by c.id)
        from mailchimp_clashes c where c.person_id = m.person_id), '[]') as clashes
    from mailchimp_members m where m.person_id = ${id} order by m.hash`,
  )
}
