import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import { wordsOf } from '../../lib/errors.ts'
import type { Db } from '../db/open.ts'
import { giveSlotBack, takeSlot, wishForSlot } from './slot-queries.ts'

export interface SlotOptions {
  /** How long a slot is held at most: longer than any call, so that one that runs out is surely not in use. */
  heldMs: number
  random: () => number
}

const LEAST_WAIT_MS = 100
const MOST_WAIT_MS = 1000
/** Longer than anybody waits between two looks: whoever wished for the slot sees it free. */
const LEFT_MS = 1.2 * MOST_WAIT_MS

/**
 * The account's connections, shared by all processes as rows of mailchimp_slots. Calls of this process wait in a queue
 * of their own, first come first served, and only its head asks the database: at once, then whenever a call here has
 * ended, else every 100 ms to 1 s. Between processes whoever waits marks a slot, and its holder leaves it for a moment.
 * A process that was killed frees its slots when they run out.
 */
export function openSlots({ db, log }: { db: Db; log: Logger }, { heldMs, random }: SlotOptions) {
  const own = randomUUID()
  let taken = 0
  let queue: Promise<unknown> = Promise.resolve()
  let wake: () => void = () => undefined
  const left = new Map<number, number>()

  async function take(stop: AbortSignal | undefined): Promise<string> {
    const holder = `${own}/${++taken}`
    for (let looks = 1; ; looks++) {
      stop?.throwIfAborted()
      for (const [slot, until] of left) if (until < performance.now()) left.delete(slot)
      if ((await takeSlot(db, { holder, heldMs, left: [...left.keys()] })) !== undefined) return holder
      if (looks % 5 === 2) await wishForSlot(db, own)
      await sleep(Math.min(LEAST_WAIT_MS * 1.5 ** (looks - 1) * (1 + random()), MOST_WAIT_MS))
    }
  }

  /** Until then, or until a call of this process has ended. */
  function sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  async function giveBack(holder: string): Promise<void> {
    try {
      const given = await giveSlotBack(db, holder)
      if (given?.is_wished) left.set(given.slot, performance.now() + LEFT_MS)
    } catch (error) {
      // The call has its answer; the slot runs out by itself.
      log.warn({ err: error }, `A Mailchimp connection was not given back: ${wordsOf(error)}`)
    }
    wake()
  }

  return {
    /** Does something while holding a connection. @param stop ends the wait for one */
    async within<T>(work: () => Promise<T>, stop?: AbortSignal): Promise<T> {
      const mine = queue.then(() => take(stop))
      queue = mine.catch(() => undefined)
      const holder = await mine
      try {
        return await work()
      } finally {
        await giveBack(holder)
      }
    },
  }
}
