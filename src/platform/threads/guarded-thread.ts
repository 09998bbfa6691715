import type { Transferable } from 'node:worker_threads'
import { beginLimitedThread, type LimitedThread, ThreadFault, type ThreadLimits } from './limited-thread.ts'

export { ThreadFault, type ThreadFaultCode } from './limited-thread.ts'

export interface GuardedThread<Input, Output> {
  /**
   * @param transfer buffers that are handed over instead of copied: the caller no longer has them
   * @throws ThreadFault when this input took longer or more memory than it may, or ended the thread otherwise;
   * DataCloneError; Error once the thread is closed
   */
  ask(input: Input, transfer?: readonly Transferable[]): Promise<Output>
  /** Whoever waits is answered with an error. Done when the thread has ended. */
  close(): Promise<void>
}

export interface GuardedThreadSettings extends ThreadLimits {
  /** Without a question for so long it ends, and begins anew with the next; never, unless given. */
  idleMs?: number
}

/**
 * A thread that answers one question after the other, so that none holds up the process. One that takes longer than the
 * limit, or too much memory, costs its thread and no other question: the next has a new one. It begins with the first
 * question, and keeps the process alive only while somebody waits.
 */
export function openGuardedThread<Input, Output>({
  idleMs,
  ...limits
}: GuardedThreadSettings): GuardedThread<Input, Output> {
  let thread: LimitedThread | undefined
  let idle: NodeJS.Timeout | undefined
  let isClosed = false
  let last: Promise<void> = Promise.resolve()
  const ending = new Set<Promise<unknown>>()

  function end(why: Error): void {
    clearTimeout(idle)
    if (!thread) return
    const terminated = thread.end(why)
    thread = undefined
    ending.add(terminated)
    void terminated.then(() => ending.delete(terminated))
  }

  async function takeTurn(input: Input, transfer: readonly Transferable[]): Promise<Output> {
    if (isClosed) throw new Error(CLOSED)
    clearTimeout(idle)
    // It fell over while nobody waited: no fault of this question.
    if (thread?.hasEnded()) thread = undefined
    thread ??= beginLimitedThread(limits)
    try {
      return (await thread.ask(input, transfer)) as Output
    } catch (error) {
      if (error instanceof ThreadFault) end(error)
      throw error
    } finally {
      if (thread && idleMs !== undefined) idle = setTimeout(() => end(new Error(CLOSED)), idleMs).unref()
    }
  }

  return {
    ask(input, transfer = []) {
      const answered = last.then(() => takeTurn(input, transfer))
      last = answered.then(forget, forget)
      return answered
    },
    async close() {
      isClosed = true
      end(new Error(CLOSED))
      await Promise.all([last, ...ending])
    },
  }
}

const CLOSED = 'The thread is closed: it is asked nothing more.'

/** The next waits for the end, and does not keep the answer. */
const forget = () => undefined
