import type { DbOrTx } from '../../../platform/db/open.ts'

export interface ConductRow {
  id: number
  /** Such as 2016-1. */
  version: string
  body_markdown: string
  published_at: Date
  published_by: string | null
}

const COLUMNS = ['id', 'version', 'body_markdown', 'published_at', 'published_by'] as const

/** The version that new applicants agree to. */
export function findCurrentConduct(db: DbOrTx): Promise<ConductRow | undefined> {
  return db.selectFrom('codes_of_conduct').select(COLUMNS).orderBy('id', 'desc').limit(1).executeTakeFirst()
}

export function findConduct(db: DbOrTx, version: string): Promise<ConductRow | undefined> {
  return db.selectFrom('codes_of_conduct').select(COLUMNS).where('version', '=', version).executeTakeFirst()
}

/** Every version, the newest first. */
export function listConductRows(db: DbOrTx): Promise<ConductRow[]> {
  return db.selectFrom('codes_of_conduct').select(COLUMNS).orderBy('id', 'desc').execute()
}

/** Undefined when there is that version already. */
export function insertConduct(tx: DbOrTx, values: Omit<ConductRow, 'id'>): Promise<ConductRow | undefined> {
  return tx
    .insertInto('codes_of_conduct')
    .values(values)
    .onConflict((conflict) => conflict.constraint('codes_of_conduct_version_key').doNothing())
    .returning(COLUMNS)
    .executeTakeFirst()
}
