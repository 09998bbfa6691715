/** Lets a few in at a time; the others wait their turn. */
export interface Gate {
  /** @throws an error of status 503 when too many wait already */
  run<Result>(work: () => Promise<Result>): Promise<Result>
}

/**
 * A closing day brings everybody at once. Who had to wait for a connection of the database would be turned away after ten
 * seconds; here they wait in their order, and leave connections to the rest of the service.
 */
export function openGate({ at_a_time, most_waiting }: { at_a_time: number; most_waiting: number }): Gate {
  let inside = 0
  const waiting: (() => void)[] = []
  return {
    async run(work) {
      if (inside >= at_a_time) {
        if (waiting.length >= most_waiting) throw Object.assign(new Error('too many wait'), { statusCode: 503 })
        // Whoever leaves hands their place over.
        await new Promise<void>((enter) => waiting.push(enter))
      } else inside++
      try {
        return await work()
      } finally {
        const next = waiting.shift()
        if (next) next()
        else inside--
      }
    },
  }
}
