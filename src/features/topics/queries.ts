import { sql } from 'kysely'
import type { DbOrTx } from '../../platform/db/open.ts'

/** One language of a topic as it was sent. */
export interface TopicText {
  language: string
  subject: string
  preheader: string
  body_markdown: string
  extras: unknown
}

/** A topic whose sending has begun and whose public copy is wanted. Dates of the round are `YYYY-MM-DD`. */
export interface TopicRow {
  id: number
  slug: string
  /** Its own language. */
  language: string
  fallbacks: Record<string, string>
  from_name: string | null
  started_at: Date
  round_code: string
  round_name: string
  round_starts_on: string | null
  round_ends_on: string | null
  round_confirm_by: string | null
  round_applications_close_on: string | null
  languages: string[]
  /** The texts that were asked for. */
  texts: TopicText[]
}

export interface TopicsWanted {
  round?: string
  slug?: string
  /** Every language, or only the topic's own. */
  texts: 'all' | 'own'
  limit: number
}

/** The newest first. */
export async function listTopics(db: DbOrTx, { round, slug, texts, limit }: TopicsWanted): Promise<TopicRow[]> {
  const conditions = [
    sql`c.kind = 'topic' and c.web_copy and c.slug is not null and c.started_at is not null`,
    sql`c.state in ('sending', 'paused', 'done')`,
    ...(round === undefined ? [] : [sql`r.code = ${round}`]),
    ...(slug === undefined ? [] : [sql`c.slug = ${slug}`]),
  ]
  const { rows } = await sql<TopicRow>`
    select c.id, c.slug, c.language, c.fallbacks, c.from_name, c.started_at,
      r.code as round_code, r.name as round_name, r.starts_on as round_starts_on, r.ends_on as round_ends_on,
      r.confirm_by as round_confirm_by, r.applications_close_on as round_applications_close_on,
      written.languages, written.texts
    from campaigns c
    join rounds r on r.id = c.round_id
    cross join lateral (
      select array_agg(v.language order by v.language <> c.language, v.language) as languages,
        jsonb_agg(jsonb_build_object('language', v.language, 'subject', v.subject, 'preheader', v.preheader,
          'body_markdown', v.body_markdown, 'extras', v.extras) order by v.language <> c.language, v.language)
          filter (where ${texts === 'all'} or v.language = c.language) as texts
      from campaign_variants v where v.campaign_id = c.id and v.version = c.version
    ) written
    where ${sql.join(conditions, sql` and `)}
    order by c.started_at desc, c.id desc
    limit ${limit}`.execute(db)
  return rows
}

export interface TopicRound {
  code: string
  name: string
  created_at: Date
}

export function findTopicRound(db: DbOrTx, code: string): Promise<TopicRound | undefined> {
  return db.selectFrom('rounds').select(['code', 'name', 'created_at']).where('code', '=', code).executeTakeFirst()
}
