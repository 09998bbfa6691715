import { sql } from 'kysely'
import type { Db } from '../../../platform/db/open.ts'

/** The ways by which people came to a round, those with the most applicants first. */
export async function listPathwayRows(db: Db, roundId: number): Promise<string[]> {
  const { rows } = await sql<{ pathway: string }>`
    select pathway from applications where round_id = ${roundId} group by pathway order by count(*) desc, pathway`.execute(
    db,
  )
  return rows.map(({ pathway }) => pathway)
}
