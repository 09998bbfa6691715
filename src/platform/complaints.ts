import type { Logger } from 'pino'
import { wordsOf } from '../lib/errors.ts'

/** Logs trouble with the outside. @param what a few words on what it means to us */
export type Complain = (error: unknown, what: string) => void

const SAME_TROUBLE_MS = 10_000

/** The same words once in ten seconds, and quietly while the process leaves: connections end then. */
export function createComplaints(log: Logger, leaving: AbortSignal): Complain {
  const said = new Map<string, number>()
  return (error, what) => {
    const key = `${what} ${wordsOf(error)}`
    const isNew = performance.now() - (said.get(key) ?? Number.NEGATIVE_INFINITY) > SAME_TROUBLE_MS
    if (isNew) said.set(key, performance.now())
    log[isNew && !leaving.aborted ? 'warn' : 'debug']({ err: error }, what)
  }
}
