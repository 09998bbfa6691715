import type { DbOrTx } from '../../platform/db/open.ts'

export interface Programme {
  /** Empty until somebody says. */
  name: string
  /** Where people write when they need a person; empty until somebody says. */
  contact_address: string
  /** Who sends when a campaign names nobody; empty: the name in MAIL_FROM. */
  from_name: string
  /** Stands under every message, line by line; may be empty. */
  footer: string
  /** Canonical tags (BCP 47), at least one. */
  languages: string[]
  /** A campaign to more people than this needs a second person's word; null: none does. */
  second_person_over: number | null
  /** Whether links of campaigns lead through a redirect that counts. */
  count_clicks: boolean
  updated_at: Date
}

const COLUMNS = [
  'name',
  'contact_address',
  'from_name',
  'footer',
  'languages',
  'second_person_over',
  'count_clicks',
  'updated_at',
] as const

export function getProgramme(db: DbOrTx): Promise<Programme> {
  return db.selectFrom('programme').select(COLUMNS).executeTakeFirstOrThrow()
}

/** The row, locked: of two who save at once, the second sees what the first saved. */
export function getProgrammeForUpdate(tx: DbOrTx): Promise<Programme> {
  return tx.selectFrom('programme').select(COLUMNS).forUpdate().executeTakeFirstOrThrow()
}

export function updateProgrammeRow(tx: DbOrTx, values: Programme): Promise<Programme> {
  return tx.updateTable('programme').set(values).returning(COLUMNS).executeTakeFirstOrThrow()
}
