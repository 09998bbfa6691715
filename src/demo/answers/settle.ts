import { countOutcomes, decideInbox, eachOpenItem } from '../../features/inbox/index.ts'
import type { Ring } from '../../jobs/catalog.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Db } from '../../platform/db/open.ts'
import type { Fates } from '../files.ts'

interface Deps {
  db: Db
  clock: Clock
  ring: Ring
}

/** What became of everything that came back. */
export interface Settled {
  /** Replies that were understood and acted on. */
  by_machine: number
  /** Replies that a person looked at. */
  by_person: number
  out_of_office: number
  bounces: number
}

const BY = { staff_id: null, name: 'demo' }

/** A person goes through the Inbox, and knows what everybody meant. */
export async function settleInbox(deps: Deps, { fates }: { fates: Fates }): Promise<Settled> {
  const meant = new Map(fates.map(([address, , fate]) => [address, fate]))
  let by_person = 0
  for await (const page of eachOpenItem(deps)) {
    for (const { id, from_address } of page) {
      const fate = meant.get(from_address ?? '')
      const decision = fate === 'confirm' ? 'yes' : fate === 'decline' ? 'no' : 'done'
      await decideInbox(deps, { id, decision, by: BY })
      by_person++
    }
  }
  const outcomes = await countOutcomes(deps.db)
  return {
    by_machine: (outcomes.confirmed ?? 0) + (outcomes.declined ?? 0),
    by_person,
    out_of_office: outcomes.auto_reply ?? 0,
    bounces: outcomes.bounce ?? 0,
  }
}
