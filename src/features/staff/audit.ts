import type { Db } from '../../platform/db/open.ts'
import { type AuditFilter, type AuditRow, listAuditRows } from './audit-queries.ts'

/** Who changed or exported what, the newest first; `next` is passed as `before` for the following ones. */
export async function listAuditEntries(
  { db }: { db: Db },
  { limit, ...filter }: AuditFilter & { limit: number },
): Promise<{ items: AuditRow[]; next: number | null }> {
  const rows = await listAuditRows(db, { ...filter, limit: limit + 1 })
  const items = rows.slice(0, limit)
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null }
}

const ROWS_AT_A_TIME = 1000

/** The whole log, page by page, for an export: a reader that stops asking costs nothing more. */
export async function* readAuditLog({ db }: { db: Db }, filter: AuditFilter): AsyncGenerator<AuditRow[]> {
  let { before } = filter
  for (;;) {
    const rows = await listAuditRows(db, { ...filter, before, limit: ROWS_AT_A_TIME })
    if (rows.length > 0) yield rows
    if (rows.length < ROWS_AT_A_TIME) return
    before = rows.at(-1)?.id
  }
}
