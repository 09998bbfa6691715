import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'
import type { VersionWriter } from './queries.ts'

/** What one version changed in one language, against the version before it. */
export interface VersionChange {
  language: string
  subject: boolean
  preheader: boolean
  body_markdown: boolean
  image: boolean
  video: boolean
  curator: boolean
  links: boolean
  /** The version before had no text in this language. */
  is_new: boolean
}

export interface VersionRow extends VersionWriter {
  /** Every language of the version. */
  languages: string[]
  /** Those that differ from the version before. */
  changes: VersionChange[]
}

/**
 * The versions up to this one, the newest first, with what each changed. Compared in the database: a page of history
 * is a page of words, not of fifty whole texts.
 */
export async function listVersionRows(
  db: DbOrTx,
  input: { campaign_id: number; up_to: number; limit: number },
): Promise<VersionRow[]> {
  const { rows } = await sql<VersionRow>`
    with versions as (
      select distinct version from campaign_variants
      where campaign_id = ${input.campaign_id} and version <= ${input.up_to} order by version desc limit ${input.limit}
    ), compared as (
      select v.version, v.language, v.written_by, v.created_at, b.version is null as is_new,
        v.subject is distinct from b.subject as subject,
        v.preheader is distinct from b.preheader as preheader,
        v.body_markdown is distinct from b.body_markdown as body_markdown,
        ${extraChanged('image')} as image, ${extraChanged('video')} as video,
        ${extraChanged('curator')} as curator, ${extraChanged('links')} as links
      from versions join campaign_variants v on v.campaign_id = ${input.campaign_id} and v.version = versions.version
      left join campaign_variants b
        on b.campaign_id = v.campaign_id and b.version = v.version - 1 and b.language = v.language
    )
    select c.version, min(c.written_by) as written_by, coalesce(min(s.name), min(c.written_by)) as writer,
      min(c.created_at) as written_at, jsonb_agg(c.language order by c.language) as languages,
      coalesce(jsonb_agg(to_jsonb(c) order by c.language) filter (where c.subject or c.preheader or c.body_markdown
        or c.image or c.video or c.curator or c.links or c.is_new), '[]') as changes
    from compared c left join staff s on 'staff ' || s.id = c.written_by
    group by c.version order by c.version desc`.execute(db)
  return rows
}

/** Nothing, null and an empty list are the same to a reader. */
function extraChanged(name: string) {
  const empty = sql`in ('null'::jsonb, '[]'::jsonb)`
  const value = (of: 'v' | 'b') => sql`case when ${sql.ref(`${of}.extras`)} -> ${sql.lit(name)} ${empty} then null
    else ${sql.ref(`${of}.extras`)} -> ${sql.lit(name)} end`
  return sql`(${value('v')}) is distinct from (${value('b')})`
}
