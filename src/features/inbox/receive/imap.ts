import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import type { Logger } from 'pino'
import type { Ring } from '../../../jobs/catalog.ts'
import type { Clock } from '../../../lib/clock.ts'
import { wordsOf } from '../../../lib/errors.ts'
import type { Db } from '../../../platform/db/open.ts'
import { holdMailbox, recordMailboxTrouble } from './imap-queries.ts'
import { readMailbox, tryMailbox } from './imap-session.ts'
import { type MailboxSettings, parseMailboxUrl } from './imap-settings.ts'

export interface MailboxDeps {
  db: Db
  pool: pg.Pool
  clock: Clock
  ring: Ring
  log: Pick<Logger, 'warn'>
}

const FIRST_WAIT_MS = 1000
const LONGEST_WAIT_MS = 60_000
/** How often a process asks whether the one that reads the mailbox is gone. */
const ASK_FOR_MAILBOX_MS = 10_000

/**
 * Reads the mailbox until it is closed: of several processes one, over lost connections, with growing pauses. What keeps
 * it from reading is written down for staff.
 */
export function watchMailbox(deps: MailboxDeps, url: string): { close(): Promise<void> } {
  const settings = parseMailboxUrl(url)
  const closing = new AbortController()
  const running = watch(deps, settings, closing.signal)
  return {
    async close() {
      closing.abort()
      await running
    },
  }
}

async function watch(deps: MailboxDeps, settings: MailboxSettings, closing: AbortSignal): Promise<void> {
  let waitMs = FIRST_WAIT_MS
  let said = ''
  while (!closing.aborted) {
    const begun = performance.now()
    try {
      const isMine = await readWhileHeld(deps, settings, closing)
      waitMs = isMine ? FIRST_WAIT_MS : ASK_FOR_MAILBOX_MS
    } catch (error) {
      // A connection that held for a while was well: the next one may be made at once.
      if (performance.now() - begun > LONGEST_WAIT_MS) waitMs = FIRST_WAIT_MS
      const words = explainFault(error, settings)
      // The same trouble once: it is tried again every minute.
      if (words !== said) deps.log.warn({ words }, 'the mailbox cannot be read')
      said = words
      await recordMailboxTrouble(deps.db, settings.name, { words, now: deps.clock.now() }).catch(() => undefined)
    }
    await sleep(waitMs, undefined, { signal: closing }).catch(() => undefined)
    waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)
  }
}

/** False when another process reads it. */
async function readWhileHeld(deps: MailboxDeps, settings: MailboxSettings, closing: AbortSignal): Promise<boolean> {
  const lost = new AbortController()
  const held = await holdMailbox(deps.pool, settings.name, () => lost.abort())
  if (!held) return false
  try {
    await readMailbox(deps, settings, AbortSignal.any([closing, lost.signal]))
    return true
  } finally {
    held.release()
  }
}

function explainFault(error: unknown, { name }: MailboxSettings): string {
  const { authenticationFailed, responseText } = (error ?? {}) as {
    authenticationFailed?: boolean
    responseText?: string
  }
  if (authenticationFailed)
    return `The mail server does not let us into the mailbox of ${name}: check user and password in INBOUND_IMAP_URL.`
  return `The mailbox of ${name} cannot be read: ${responseText ?? wordsOf(error)}.`
}

/** What keeps the mailbox from being read, in a sentence; undefined when it lets us in. */
export async function findMailboxFault(url: string): Promise<string | undefined> {
  const settings = parseMailboxUrl(url)
  try {
    await tryMailbox(settings)
    return undefined
  } catch (error) {
    return explainFault(error, settings)
  }
}
