/** Answers kept for a moment, in this process. */
export interface Memory {
  /**
   * The answer to `key` that is at most `ttlMs` old; else it is read, once for all who ask meanwhile. A failure is not
   * kept.
   */
  remember<Answer>(key: string, ttlMs: number, read: () => Promise<Answer>): Promise<Answer>
  /**
   * The same for figures that many look at: read again behind the back of whoever asks in the second half of its time,
   * so that nobody waits while somebody keeps asking. Only for reads that change nothing.
   */
  rememberLive<Answer>(key: string, ttlMs: number, read: () => Promise<Answer>): Promise<Answer>
  /** The same for what is slow to read: kept ten times as long as it took, so that a tenth of the time goes into it. */
  rememberCostly<Answer>(key: string, ttlMs: number, read: () => Promise<Answer>): Promise<Answer>
}

const COST_FACTOR = 10

interface Kept {
  answer: Promise<unknown>
  until: number
}

/** @param now milliseconds on a clock that only goes forward @param most answers kept at a time */
export function openMemory(now: () => number = () => performance.now(), most = 2000): Memory {
  const kept = new Map<string, Kept>()
  const renewing = new Set<string>()
  function keep<Answer>(
    key: string,
    { ttlMs, factor }: { ttlMs: number; factor: number },
    read: () => Promise<Answer>,
  ): Promise<Answer> {
    const found = kept.get(key)
    if (found && found.until > now()) return found.answer as Promise<Answer>
    const began = now()
    const answer = read()
    const entry = { answer, until: Number.POSITIVE_INFINITY }
    kept.delete(key)
    kept.set(key, entry)
    answer.then(
      () => {
        // Its age counts from when it was read, not from when it was asked for.
        entry.until = now() + Math.max(ttlMs, factor * (now() - began))
      },
      () => {
        if (kept.get(key) === entry) kept.delete(key)
      },
    )
    for (const old of kept.keys()) {
      if (kept.size <= most) break
      kept.delete(old)
    }
    return answer
  }
  async function renew<Answer>(key: string, ttlMs: number, read: () => Promise<Answer>): Promise<void> {
    renewing.add(key)
    try {
      const answer = await read()
      kept.set(key, { answer: Promise.resolve(answer), until: now() + ttlMs })
    } catch {
      // Whoever asks when the time is over is told.
    } finally {
      renewing.delete(key)
    }
  }

  return {
    rememberLive(key, ttlMs, read) {
      const left = (kept.get(key)?.until ?? 0) - now()
      if (left > 0 && left < ttlMs / 2 && !renewing.has(key)) void renew(key, ttlMs, read)
      return keep(key, { ttlMs, factor: 0 }, read)
    },
    remember: (key, ttlMs, read) => keep(key, { ttlMs, factor: 0 }, read),
    rememberCostly: (key, ttlMs, read) => keep(key, { ttlMs, factor: COST_FACTOR }, read),
  }
}
