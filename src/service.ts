import { createServer } from 'node:net'
import { buildApp } from './app.ts'
import type { Config } from './config.ts'
import { type Deps, type OpenOptions, openDeps } from './deps.ts'
import { createMailboxReader, openReceivers, type Receivers } from './features/inbox/index.ts'
import { startMailboxServer } from './features/mailbox/index.ts'
import { PairpostError, wordsOf } from './lib/errors.ts'
import { within } from './platform/http/time-limit.ts'
import type { TypedApp } from './platform/http/typed-app.ts'
import { startWorker } from './worker.ts'

/** What a process of ours does: `start` is all of it in one. */
export type ProcessRole = 'start' | 'web' | 'worker' | 'inbound'

export interface Service {
  deps: Deps
  /** Where the web service listens; undefined where there is none. */
  url: string | undefined
  /** Where the built-in mailbox takes messages; undefined when SMTP_URL is set. */
  mailboxUrl: string | undefined
  /** Where incoming mail is taken. */
  receivers: Receivers | undefined
  /** Ends what is under way, within 10 s, and loses nothing: what could not end is taken back by the next run. */
  close(): Promise<void>
}

const WEB_CLOSE_MS = 6500
/** After this the process ends in any case: the ledger recovers whatever was open. */
const MERCY_MS = 9500

/** Starts one process. @throws PairpostError when a port is taken or migrations are pending, Upstream */
export async function startService(given: Config, role: ProcessRole, options: OpenOptions = {}): Promise<Service> {
  if (role === 'inbound') refuseNothing(given)
  const config = given.port === 0 ? await chooseFreePort(given) : given
  const deps = await openDeps(config, options)
  let app: TypedApp | undefined
  let mailbox: Awaited<ReturnType<typeof startMailboxServer>> | undefined
  let receivers: Receivers | undefined
  const close = async () => {
    // Together: the web takes no more requests, the sender ends its dialogues. Only then what both stand on.
    await Promise.allSettled([
      app && within(WEB_CLOSE_MS, app.close()),
      receivers && within(WEB_CLOSE_MS, receivers.close()),
      deps.stopWork(),
    ])
    await mailbox?.close()
    await deps.close()
  }
  try {
    // Without SMTP_URL mail goes into the mailbox: one server for the worker and the page where one can reply.
    if (!config.smtpUrl && role !== 'inbound')
      mailbox = await startMailboxServer({ ...deps, reader: createMailboxReader(deps) })
    // The port before the work: a second copy started by mistake must not take jobs while it finds out.
    if (role === 'start' || role === 'web') {
      app = await buildApp(deps, { mailboxSmtpUrl: mailbox?.url })
      await listen(app, config)
    }
    if (role === 'start' || role === 'inbound') receivers = await receive(deps)
    if (role === 'start' || role === 'worker')
      await startWorker(deps, { smtpUrl: config.smtpUrl ?? (mailbox as { url: string }).url })
    return { deps, url: app && urlOf(app, config.host), mailboxUrl: mailbox?.url, receivers, close }
  } catch (error) {
    await close()
    throw error
  }
}

async function listen(app: TypedApp, { port, host }: Config): Promise<void> {
  try {
    await app.listen({ port, host })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    throw new PairpostError(
      'port_taken',
      `Port ${port} of ${host} is taken by another program. End it, or set PORT to another number.`,
    )
  }
}

/** A process that is there for incoming mail alone needs somewhere to get it. @throws PairpostError */
function refuseNothing({ inboundSmtpPort, inboundLmtpPort, inboundImapUrl }: Config): void {
  if (inboundSmtpPort !== undefined || inboundLmtpPort !== undefined || inboundImapUrl !== undefined) return
  throw new PairpostError(
    'nothing_to_receive',
    'There is nothing to receive: set INBOUND_SMTP_PORT, INBOUND_LMTP_PORT or INBOUND_IMAP_URL.',
  )
}

async function receive(deps: Deps): Promise<Receivers> {
  try {
    return await openReceivers(deps)
  } catch (error) {
    const { code, port } = error as { code?: string; port?: number }
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error
    const why = code === 'EACCES' ? 'needs more rights than this program has' : 'is taken by another program'
    throw new PairpostError(
      'port_taken',
      `Port ${port} for incoming mail ${why}: set INBOUND_SMTP_PORT or INBOUND_LMTP_PORT to another number.`,
    )
  }
}

/** An address that a browser on this machine can open. */
function urlOf(app: TypedApp, host: string): string {
  const { port } = app.server.address() as { port: number }
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host
  return `http://${name}:${port}`
}

/** Ends orderly on SIGTERM and SIGINT. More signals change nothing: npm passes on the one that we got already. */
export function endOnSignals(close: () => Promise<void>): void {
  let ending = false
  const end = () => {
    if (ending) return
    ending = true
    setTimeout(() => process.exit(0), MERCY_MS).unref()
    close().then(
      () => process.exit(0),
      (error) => {
        console.error(wordsOf(error))
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', end)
  process.on('SIGINT', end)
}

/**
 * The configuration with a port that is free: the one asked for, or another when somebody has it. Links follow it,
 * unless PUBLIC_URL says where they lead.
 */
export async function chooseFreePort(config: Config): Promise<Config> {
  const port = (await probe(config.port, config.host)) ?? (await probe(0, config.host)) ?? config.port
  const isDefault = config.publicUrl === `http://localhost:${config.port}`
  return { ...config, port, publicUrl: isDefault ? `http://localhost:${port}` : config.publicUrl }
}

function probe(port: number, host: string): Promise<number | undefined> {
  return new Promise((done) => {
    const server = createServer()
    server.on('error', () => done(undefined))
    server.listen(port, host, () => {
      const address = server.address()
      server.close(() => done(typeof address === 'object' && address ? address.port : undefined))
    })
  })
}
