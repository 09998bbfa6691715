import type { TokenKeys } from '../../lib/tokens.ts'
import type { DbOrTx } from '../../platform/db/open.ts'
import { hashNetwork } from './network.ts'
import { insertToldHits, lockTold, type NumberedHit } from './told-queries.ts'

/** A click or an opening that another service counted for us. */
export interface ToldHit {
  delivery_id: number
  /** The link as the email has it; null for an opening. */
  url: string | null
  at: Date
  /** Of the reader, when it is known. Only a hash of its network is kept. */
  ip: string | null
}

/** So many go into one statement. */
const TOGETHER = 5000

/**
 * Records what another service tells of, in the caller's transaction: told again, or by two at once, it is there once.
 * Of several hits of one delivery, link and moment as many are kept as were told at most. They are judged by the rules of
 * our own hits, as far as these can see: what comes from the service has one agent and no method, so that a scanner is
 * found by its pace and its network.
 * @param input.by the service, kept as the agent of its hits @param input.hits all that is told of a delivery and a
 * moment stands in one call, once
 * @returns how many were new
 */
export async function recordToldHits(
  tx: DbOrTx,
  { keys, by, hits }: { keys: TokenKeys; by: string; hits: readonly ToldHit[] },
): Promise<number> {
  if (hits.length === 0) return 0
  const numbered = numberHits(keys, hits)
  await lockTold(tx)
  let recorded = 0
  for (let at = 0; at < numbered.length; at += TOGETHER) {
    recorded += await insertToldHits(tx, { by, hits: numbered.slice(at, at + TOGETHER) })
  }
  return recorded
}

function numberHits(keys: TokenKeys, hits: readonly ToldHit[]): NumberedHit[] {
  const times = new Map<string, number>()
  return hits.map(({ delivery_id, url, at, ip }) => {
    const same = `${delivery_id} ${at.getTime()} ${url ?? ''}`
    const nth = (times.get(same) ?? 0) + 1
    times.set(same, nth)
    return { delivery_id, url, at, network: ip === null ? null : (hashNetwork(keys, ip) ?? null), nth }
  })
}
