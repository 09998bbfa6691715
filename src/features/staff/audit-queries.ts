import { sql } from 'kysely'
import type { Db } from '../../platform/db/open.ts'

/** One change or export, as it was asked for. */
export interface AuditRow {
  id: number
  at: Date
  /** 'staff 3', 'token 7', 'API_TOKEN' */
  actor: string
  /** Their name at that time. */
  actor_name: string
  role: string
  did: string
  /** Method and address, with `:id` and the like in it. */
  route: string
  params: Record<string, string>
  /** HTTP; null while it is under way, or when the service stopped before it had answered. */
  status: number | null
}

export interface AuditFilter {
  actor?: string | undefined
  /** Only entries with a smaller id. */
  before?: number | undefined
}

/** The newest first. */
export async function listAuditRows(
  db: Db,
  { actor, before, limit }: AuditFilter & { limit: number },
): Promise<AuditRow[]> {
  let query = db
    .selectFrom('audit_log')
    .select(['id', 'at', 'actor', 'actor_name', 'role', 'did', 'route', 'params', 'status'])
    .orderBy('id', 'desc')
    .limit(limit)
  if (actor !== undefined) query = query.where('actor', '=', actor)
  if (before !== undefined) query = query.where('id', '<', before)
  return (await query.execute()) as unknown as AuditRow[]
}

export interface Actor {
  actor: string
  /** The newest of their names. */
  name: string
}

/** Everybody who ever did something. One look into the index a person, however long the log is. */
export async function listActors(db: Db): Promise<Actor[]> {
  const { rows } = await sql<Actor>`
    with recursive actors as (
      (select actor from audit_log order by actor limit 1)
      union all
      select (select l.actor from audit_log l where l.actor > actors.actor order by l.actor limit 1) from actors where actors.actor is not null
    )
    select actors.actor, newest.actor_name as name from actors
    join lateral (select actor_name from audit_log l where l.actor = actors.actor order by id desc limit 1) newest on true
    order by lower(newest.actor_name), actors.actor limit 500`.execute(db)
  return rows
}
