import type { Clock } from '../../../lib/clock.ts'

const MOST_ASKS = 20
const WINDOW_MS = 3_600_000
const MOST_REMEMBERED = 10_000

/** Counts who asks for emails to addresses that they only type. */
export interface AskGuard {
  /** Counts one more, and says whether it may be mailed. @param from where the request came from */
  mayAsk(from: string): boolean
}

/**
 * Keeps one network from asking for mail to all the world: twenty in an hour, in this process, and then the page says so
 * kindly, since readers of a library may share one. Not asked about forms that were filled in as a whole.
 */
export function openAskGuard({ clock }: { clock: Clock }): AskGuard {
  const asks = new Map<string, { count: number; endsAt: number }>()
  return {
    mayAsk(from) {
      const now = clock.now().getTime()
      const asked = asks.get(from)
      if (asked && asked.endsAt > now) return ++asked.count <= MOST_ASKS
      if (asks.size >= MOST_REMEMBERED) asks.clear()
      asks.set(from, { count: 1, endsAt: now + WINDOW_MS })
      return true
    },
  }
}
