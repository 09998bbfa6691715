import { countDeliveriesOf, type DeliveryCounts } from '../../features/deliveries/index.ts'
import type { Memory } from '../../lib/remember.ts'
import type { Db } from '../../platform/db/open.ts'

/** Delivery counts of campaigns, at most a second old while they change. */
export interface Figures {
  of(campaign: CountedCampaign): Promise<DeliveryCounts>
}

interface CountedCampaign {
  id: number
  state: string
  updated_at: Date
}

const LIVE_MS = 1000
/** A campaign that is over changes by a decision, which changes its row; or by the late word of a lost dialogue. */
const OVER_MS = 5 * 60_000

export function openFigures(db: Db, memory: Pick<Memory, 'rememberLive'>): Figures {
  const count = inOneQuery((ids) => countDeliveriesOf(db, ids))
  return {
    of: ({ id, state, updated_at }) => {
      const isOver = state === 'done' || state === 'cancelled'
      return memory.rememberLive(`counts ${id} ${state} ${updated_at.getTime()}`, isOver ? OVER_MS : LIVE_MS, () =>
        count(id),
      )
    },
  }
}

/** All that is asked for in one turn of the event loop is read by one query. */
function inOneQuery(read: (ids: number[]) => Promise<Map<number, DeliveryCounts>>) {
  let open: { ids: number[]; answer: Promise<Map<number, DeliveryCounts>> } | undefined
  return async (id: number): Promise<DeliveryCounts> => {
    if (!open) {
      const ids: number[] = []
      const answer = new Promise<void>((next) => setImmediate(next)).then(() => {
        open = undefined
        return read(ids)
      })
      open = { ids, answer }
    }
    open.ids.push(id)
    return (await open.answer).get(id) as DeliveryCounts
  }
}
