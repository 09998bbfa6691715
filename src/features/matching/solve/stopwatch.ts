/** Milliseconds by what was done; time decides nothing, it is only told. */
export function openStopwatch() {
  const timings: Record<string, number> = {}
  const began = performance.now()
  let last = began
  return {
    timings,
    /** What was done since the last lap. */
    lap(what: string): number {
      const now = performance.now()
      const ms = round(now - last)
      last = now
      timings[what] = round((timings[what] ?? 0) + ms)
      timings.total = round(now - began)
      return ms
    },
  }
}

const round = (ms: number): number => Math.round(ms * 10) / 10
