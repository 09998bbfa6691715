import { ImapFlow } from 'imapflow'
import type { Ring } from '../../../jobs/catalog.ts'
import type { Clock } from '../../../lib/clock.ts'
import type { Db } from '../../../platform/db/open.ts'
import {
  findOldestFromMailbox,
  findPlace,
  type MailboxPlace,
  recordLooked,
  recordPlace,
  recordTaken,
} from './imap-queries.ts'
import type { MailboxSettings } from './imap-settings.ts'
import { keepMessages, MESSAGE_OCTETS } from './receive.ts'

interface Deps {
  db: Db
  clock: Clock
  ring: Ring
}

/** Some servers say nothing in IDLE, or know no IDLE: they are asked so often. RFC 2177 §3 allows 29 minutes. */
const ASK_MS = 60_000
const CONNECT_MS = 20_000
const SILENT_MS = 5 * 60_000
/** Kept of a message that is larger than any may be: its header says whose it is. */
const KEPT_OF_LARGE = 1024 * 1024
const DAY = 86_400_000
/** How far back a mailbox is read that we have never read: its older mail was read by people. */
const FIRST_DAYS = 30

/**
 * One connection to the mailbox: takes what is new, then waits for more, until the signal or until the connection ends.
 * Nothing is deleted, and nothing is marked as seen before its row is committed.
 * @throws Error when the mailbox cannot be used, or is lost
 */
export async function readMailbox(deps: Deps, settings: MailboxSettings, signal: AbortSignal): Promise<void> {
  const client = new ImapFlow({
    ...{ host: settings.host, port: settings.port, secure: settings.secure, auth: settings.auth },
    ...{ logger: false, disableAutoIdle: true, clientInfo: { name: 'Pairpost' } },
    ...{ connectionTimeout: CONNECT_MS, greetingTimeout: CONNECT_MS, socketTimeout: SILENT_MS },
    maxLiteralSize: MESSAGE_OCTETS + 1024,
  })
  const news = createNews(client, signal)
  try {
    await client.connect()
    const { uidValidity } = await client.mailboxOpen(settings.mailbox)
    const place = await beginAt(deps, client, settings.name, Number(uidValidity))
    while (!signal.aborted) {
      news.forget()
      await takeNew(deps, client, settings.name, place, signal)
      await recordLooked(deps.db, settings.name, deps.clock.now())
      // Not awaited: the next command ends it.
      void client.idle().catch(() => undefined)
      await news.wait(ASK_MS)
      if (!client.usable) throw news.fault() ?? new Error('The connection to the mailbox was lost.')
    }
    await client.logout()
  } finally {
    client.close()
  }
}

/** Whether the mailbox lets us in and is there. @throws Error when it does not */
export async function tryMailbox({ host, port, secure, auth, mailbox }: MailboxSettings): Promise<void> {
  const client = new ImapFlow({
    ...{ host, port, secure, auth, logger: false },
    ...{ connectionTimeout: CONNECT_MS, greetingTimeout: CONNECT_MS },
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.status(mailbox, { uidValidity: true })
    await client.logout()
  } finally {
    client.close()
  }
}

/** What the server says while nobody asks. Heard from the beginning: mail may come between two commands. */
function createNews(client: ImapFlow, signal: AbortSignal) {
  let isNew = false
  let fault: Error | undefined
  let wake = () => {}
  const hear = () => {
    isNew = true
    wake()
  }
  client.on('exists', hear)
  client.on('close', hear)
  client.on('error', (error: Error) => {
    fault = error
    hear()
  })
  const leave = () => {
    // Still on its way in: nobody waits for that.
    if (!client.usable) client.close()
    hear()
  }
  signal.addEventListener('abort', leave, { once: true })
  return {
    forget() {
      isNew = false
    },
    fault: () => fault,
    wait: (milliseconds: number) =>
      new Promise<void>((done) => {
        if (isNew || signal.aborted) return done()
        const timer = setTimeout(done, milliseconds)
        wake = () => {
          clearTimeout(timer)
          done()
        }
      }),
  }
}

/**
 * Where reading goes on. Another UIDVALIDITY: the numbers mean other messages now (RFC 9051 §2.3.1.1), so all is read
 * again, and the digests know what we have.
 */
async function beginAt(deps: Deps, client: ImapFlow, name: string, uid_validity: number): Promise<MailboxPlace> {
  const known = await findPlace(deps.db, name)
  if (known?.uid_validity === uid_validity) return known
  const oldest = await findOldestFromMailbox(deps.db)
  const since = new Date((oldest?.getTime() ?? deps.clock.now().getTime() - FIRST_DAYS * DAY) - DAY)
  const found = await client.search({ since }, { uid: true })
  const first = found ? found.reduce((least, uid) => Math.min(least, uid), Number.POSITIVE_INFINITY) : 1
  // Of a mailbox without recent mail the next message is the first.
  const last_uid = Number.isFinite(first) ? first - 1 : await newestUid(client)
  await recordPlace(deps.db, name, { uid_validity, last_uid })
  return { uid_validity, last_uid }
}

async function newestUid(client: ImapFlow): Promise<number> {
  const newest = await client.fetchOne('*', { uid: true })
  return newest ? newest.uid : 0
}

async function takeNew(
  { db, clock, ring }: Deps,
  client: ImapFlow,
  name: string,
  place: MailboxPlace,
  signal: AbortSignal,
): Promise<void> {
  const found: { uid: number; size: number }[] = []
  for await (const { uid, size } of client.fetch(`${place.last_uid + 1}:*`, { uid: true, size: true }, { uid: true })) {
    // "n:*" gives the newest message also when that is older than n (RFC 9051 §9, seq-range).
    if (uid > place.last_uid) found.push({ uid, size: size ?? 0 })
  }
  found.sort((a, b) => a.uid - b.uid)
  for (const { uid, size } of found) {
    if (signal.aborted) return
    const source = size > MESSAGE_OCTETS ? { start: 0, maxLength: KEPT_OF_LARGE } : true
    const message = await client.fetchOne(String(uid), { uid: true, internalDate: true, source }, { uid: true })
    const ids = await db.transaction().execute(async (tx) => {
      await recordTaken(tx, name, { ...place, last_uid: uid })
      // Somebody deleted it meanwhile.
      if (!message || message.source === undefined) return []
      const arrived = new Date(message.internalDate ?? clock.now())
      const received = {
        ...({ raw: message.source, source: 'imap', rcpt_to: null, mail_from: returnPathOf(message.source) } as const),
        ...{
          received_at: arrived > clock.now() ? clock.now() : arrived,
          octets: Math.max(size, message.source.length),
        },
      }
      return keepMessages(tx, [received], clock.now())
    })
    place.last_uid = uid
    for (const id of ids) await ring('read-incoming', { incoming_id: id })
    await client.messageFlagsAdd(String(uid), ['\\Seen'], { uid: true })
  }
}

/** What the server that delivered it wrote down of the envelope (RFC 5321 §4.4); null when it did not. */
function returnPathOf(raw: Buffer): string | null {
  const head = raw.toString('latin1', 0, 64 * 1024).split(/\r?\n\r?\n/, 1)[0] ?? ''
  return /^return-path:[ \t]*<?([^<>\r\n]*?)>?[ \t]*$/im.exec(head)?.[1] ?? null
}
