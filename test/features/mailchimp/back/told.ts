import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { DEFAULT_TAGS, type Fields } from '../../../../src/features/mailchimp/mirror/fields.ts'
import type { Db } from '../../../../src/platform/db/open.ts'

export const LIST = 'aaaaaaaaaa'

export const hashOf = (address: string) => createHash('md5').update(address.toLowerCase()).digest('hex')

/** The audience that the programme is mirrored to. */
export async function connectList(db: Db): Promise<void> {
  await sql`insert into mailchimp_audience (list_id, list_name, account_name, fields, states, connected_by, connected_at, begun_at)
    values (${LIST}, 'Programme', 'Library', ${JSON.stringify(DEFAULT_TAGS)}::jsonb, '{applied,waitlisted,confirmed}', 'staff 1',
      '2016-01-01', '2016-01-01')`.execute(db)
}

/** A contact as both sides last agreed on it. */
export async function addMember(
  db: Db,
  member: { person_id: number | null; address: string; status?: string; fields?: Partial<Fields>; tags?: string[] },
): Promise<string> {
  const { person_id, address, status = 'subscribed', fields = {}, tags = [] } = member
  const hash = hashOf(address)
  const noted = JSON.stringify(fields)
  await sql`insert into mailchimp_members (hash, person_id, address, status, fields, agreed, tags, is_ours, read_at)
    values (${hash}, ${person_id}, ${address}, ${status}, ${noted}::jsonb, ${noted}::jsonb, ${tags}, true, '2016-01-02')`.execute(
    db,
  )
  return hash
}

/** A message as Mailchimp posts it. */
export function message(type: string, data: Record<string, string> = {}, fired_at = '2016-03-01 08:59:58'): string {
  const pairs = Object.entries({ list_id: LIST, ...data }).map(([name, value]) => {
    const merge = /^merges\.(.*)$/.exec(name)
    return [merge ? `data[merges][${merge[1]}]` : `data[${name}]`, value]
  })
  return new URLSearchParams([['type', type], ['fired_at', fired_at], ...(pairs as [string, string][])]).toString()
}
