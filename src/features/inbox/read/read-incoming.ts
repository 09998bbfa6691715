import type { Logger } from 'pino'
import type { Ring } from '../../../jobs/catalog.ts'
import type { Clock } from '../../../lib/clock.ts'
import { wordsOf } from '../../../lib/errors.ts'
import type { TokenKeys } from '../../../lib/tokens.ts'
import type { Db } from '../../../platform/db/open.ts'
import type { Authenticity, Incoming, IncomingContext } from '../../../platform/mail/incoming/index.ts'
import type { Compose } from '../../deliveries/index.ts'
import { programmeAddress } from '../receive/own-address.ts'
import { claimIncoming, listUnread, putOff, readRaw, type UnreadRow } from './incoming-queries.ts'
import { findOrigin } from './origin.ts'
import { type ReadMail, readText } from './read-text.ts'
import type { CheckedMail, CheckSender } from './sender-check.ts'
import { settle, settleUnreadable } from './settle.ts'
import { openWordsReader, type ReadWords } from './words-reader.ts'

export interface ReadDeps {
  db: Db
  clock: Clock
  log: Logger
  ring: Ring
  keys: TokenKeys
  config: { mailDomain: string; mailFrom: string }
  /** Reads a message in a thread of its own (platform/mail/incoming). */
  read: ReadMail
  /** Makes a message of ours again. */
  compose: Compose
  /** Looks whether the sender is who it says. */
  checkSender: CheckSender
  /** Reads what somebody wrote; a thread of its own, unless given. */
  readWords?: ReadWords
}

/** So often a message may fail before a person looks at it instead. */
const MOST_TRIES = 3
/** So often it may have been in hand when its process ended: others end for reasons of their own, and it is innocent. */
const MOST_ENDINGS = 10
/** Whoever took a message and has not read it by then is gone: a thread may begin first, then it is seconds. */
const TAKEN_MS = 60_000
const AGAIN_MS = 5000
/** When the envelope is not known; the null return path would say that a machine wrote it. */
const UNKNOWN_SENDER = 'unknown@envelope.invalid'

/**
 * The handler of 'read-incoming': sorts a message, finds what it is about, and acts on it in one transaction that also
 * says that it is read: done twice, or by two at once, it acts once.
 */
export function readIncomingJob(
  deps: ReadDeps,
): (input: { incoming_id: number }, stopping?: AbortSignal) => Promise<void> {
  const readWords =
    deps.readWords ?? openWordsReader({ onFault: (error) => deps.log.warn({ err: error }, 'a reply was not read') })
  return async ({ incoming_id }, stopping) => {
    const now = deps.clock.now()
    const again_at = new Date(now.getTime() + TAKEN_MS)
    const row = await claimIncoming(deps.db, { id: incoming_id, now, again_at })
    if (!row) return
    const isLast = row.tries >= MOST_TRIES
    if (row.tries > MOST_ENDINGS) return settleUnreadable(deps, row, 'Reading it ended the process that did it.')
    try {
      await readOne({ ...deps, readWords }, row, isLast)
    } catch (error) {
      // The process leaves, its threads with it: the next one reads it.
      if (stopping?.aborted) return
      deps.log.warn({ err: error, incoming_id }, 'an incoming message could not be read')
      if (isLast) await settleUnreadable(deps, row, `It could not be read: ${wordsOf(error)}.`)
      else await tryAgain(deps, row)
    }
  }
}

async function readOne(deps: ReadDeps & { readWords: ReadWords }, row: UnreadRow, isLast: boolean): Promise<void> {
  const { db, keys, config } = deps
  const context: IncomingContext = {
    mail_from: row.mail_from ?? UNKNOWN_SENDER,
    rcpt_to: row.rcpt_to ?? '',
    own_domain: config.mailDomain.toLowerCase(),
    own_addresses: [programmeAddress(config)],
  }
  const raw = await readRaw(db, row)
  const incoming = await deps.read(raw, context)
  if (incoming.kind === 'unreadable') {
    // A busy machine is no fault of the message: once more, later.
    return isLast ? settleUnreadable(deps, row, incoming.why) : tryAgain(deps, row)
  }
  const origin = await findOrigin(db, keys, incoming)
  const [text, sender] = await Promise.all([
    readText(deps, { incoming, context, origin }),
    checkOf(deps, { ...row, raw }, incoming),
  ])
  if (text.has_failed && !isLast) return tryAgain(deps, row)
  await settle(deps, { row, incoming: withCuts(incoming, row), origin, text, sender })
}

/** Only whoever claims to have written something is checked: of a report its token tells enough. */
async function checkOf(deps: ReadDeps, row: CheckedMail, { kind }: Incoming): Promise<Authenticity | null> {
  return kind === 'reply' || kind === 'auto_reply' ? deps.checkSender(row) : null
}

function withCuts(incoming: Incoming, { kept_octets, octets }: UnreadRow): Incoming {
  if (octets <= kept_octets) return incoming
  const cut = `Not kept: the message after its first ${Math.round(kept_octets / 1024)} KB; it had ${Math.round(octets / 1024 / 1024)} MB.`
  return { ...incoming, cuts: [cut, ...incoming.cuts] }
}

async function tryAgain({ db, clock }: ReadDeps, { id, tries }: UnreadRow): Promise<void> {
  await putOff(db, { id, until: new Date(clock.now().getTime() + AGAIN_MS * tries) })
}

const SWEPT = 200

/** The handler of 'sweep-incoming': rings for what nobody has read, whoever was to do it. */
export async function sweepIncoming({ db, clock, ring }: Pick<ReadDeps, 'db' | 'clock' | 'ring'>): Promise<void> {
  const ids = await listUnread(db, { now: clock.now(), limit: SWEPT })
  for (const incoming_id of ids) await ring('read-incoming', { incoming_id })
}
