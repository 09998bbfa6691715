import type { Clock } from '../../../lib/clock.ts'
import type { Lag } from './shapes.ts'

/** Effects that reads see later than writes. */
export interface LateWrites {
  /** Whether effects of this kind are late. */
  isLate(kind: 'tags' | 'members'): boolean
  /** Shows the effect when its time has come. */
  later(show: () => void): void
  /** Called once for every read, before it: shows what is due. */
  read(): void
  settle(): void
}

export function openLateWrites(clock: Clock, lag: Lag | undefined): LateWrites {
  let waiting: { reads: number; at: number; show: () => void }[] = []
  let reads = 0
  const settle = () => {
    const due = waiting
    waiting = []
    for (const { show } of due) show()
  }
  return {
    isLate: (kind) => lag?.of.includes(kind) ?? false,
    later: (show) => {
      const at = lag?.ms === undefined ? Number.POSITIVE_INFINITY : clock.now().getTime() + lag.ms
      waiting.push({ reads: reads + (lag?.reads ?? Number.POSITIVE_INFINITY), at, show })
    },
    read: () => {
      reads++
      if (waiting.length === 0) return
      const now = clock.now().getTime()
      const isDue = (write: { reads: number; at: number }) => write.reads < reads || write.at <= now
      const due = waiting.filter(isDue)
      if (due.length === 0) return
      waiting = waiting.filter((write) => !isDue(write))
      for (const { show } of due) show()
    },
    settle,
  }
}
