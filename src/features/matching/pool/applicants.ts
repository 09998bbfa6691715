import type { DbOrTx } from '../../../platform/db/open.ts'
import type { MatchingApplicant } from '../scores/index.ts'
import { listFormerPairs, listPool, type PoolRow } from './pool-queries.ts'

/** Everybody of a round who is matched, by id, with the partners they had before. */
export async function readApplicants(db: DbOrTx, roundId: number): Promise<MatchingApplicant[]> {
  const rows = await listPool(db, roundId)
  const pairs = await listFormerPairs(db, roundId)
  const former = new Map<number, number[]>()
  for (const [first, second] of pairs) {
    former.set(first, [...(former.get(first) ?? []), second])
    former.set(second, [...(former.get(second) ?? []), first])
  }
  const isHere = new Set(rows.map(({ person_id }) => person_id))
  return rows.map((row) =>
    applicantOf(
      row,
      (former.get(row.person_id) ?? []).filter((id) => isHere.has(id)),
    ),
  )
}

function applicantOf(row: PoolRow, former_partner_ids: number[]): MatchingApplicant {
  return { ...row, former_partner_ids, role: roleOf(row.answers.role), capacity: capacityOf(row.answers.capacity) }
}

/** As a form of a mentoring programme writes it; in the mode of pairs nobody asks. */
function roleOf(answer: unknown): 'mentor' | 'protege' | null {
  const word = typeof answer === 'string' ? answer.trim().toLowerCase() : ''
  if (word === 'mentor') return 'mentor'
  return /^(prot[ée]g[ée]e?|mentee)$/.test(word) ? 'protege' : null
}

const MOST_CAPACITY = 20

function capacityOf(answer: unknown): number | null {
  const capacity = Number(answer ?? Number.NaN)
  return Number.isInteger(capacity) && capacity >= 1 && capacity <= MOST_CAPACITY ? capacity : null
}
