import { AsyncLocalStorage } from 'node:async_hooks'

const stops = new AsyncLocalStorage<AbortSignal>()

/**
 * Ends every call of Mailchimp's that `work` makes as soon as `signal` is aborted: with its wait for a connection, its
 * request and its waits before another try, which take minutes where Mailchimp hangs. What was asked for may have been
 * done there, as after an answer that was lost. @throws the signal's reason, from the call
 */
export function stoppedBy<Result>(signal: AbortSignal | undefined, work: () => Promise<Result>): Promise<Result> {
  return signal ? stops.run(signal, work) : work()
}

/** What ends the calls that are made here; undefined when nothing does. */
export function stopSignal(): AbortSignal | undefined {
  return stops.getStore()
}
