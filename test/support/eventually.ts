const POLL_MS = 50

/** Milliseconds for a test that starts processes or follows a campaign: a slow machine is no fault. */
export const PATIENCE = 120_000

/**
 * Asks until the answer is one, for what happens in another process or by its own clock.
 * @throws Error with the last answer when `seconds` pass first
 */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined> | T | undefined,
  seconds = 60,
): Promise<T> {
  const deadline = performance.now() + seconds * 1000
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (performance.now() > deadline) throw new Error(`It never came to this within ${seconds} s: ${what}`)
    await new Promise((turn) => setTimeout(turn, POLL_MS))
  }
}
