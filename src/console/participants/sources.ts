import { listMembers } from '../../features/staff/index.ts'
import type { Db } from '../../platform/db/open.ts'

const MOST_STAFF = 500

/** Names of the staff by what stands as the source of a change: "staff 3". */
export async function readStaffNames(db: Db): Promise<ReadonlyMap<string, string>> {
  const { items } = await listMembers({ db }, { after: 0, limit: MOST_STAFF })
  return new Map(items.map(({ id, name }) => [`staff ${id}`, name]))
}
