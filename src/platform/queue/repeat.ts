/**
 * Runs `task` now and every `milliseconds` after, never twice at the same time, until `stop`. It needs no queue: what
 * repairs a lost queue must not be lost with it.
 */
export function repeat(
  milliseconds: number,
  task: () => Promise<void>,
  onError: (error: unknown) => void,
): { stop(): Promise<void> } {
  let running: Promise<void> | undefined
  const run = () => {
    running ??= task()
      .catch(onError)
      .finally(() => {
        running = undefined
      })
  }
  const timer = setInterval(run, milliseconds)
  run()
  return {
    async stop() {
      clearInterval(timer)
      await running
    },
  }
}
