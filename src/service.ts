import { createServer } from 'node:net'
import { buildApp } from './app.ts'
import type { Config } from './config.ts'
import { type Deps, type OpenOptions, openDeps } from './deps.ts'
import { startMailboxServer } from './features/mailbox/index.ts'
import { PairpostError, wordsOf } from './lib/errors.ts'
import { within } from './platform/http/time-limit.ts'
import type { TypedApp } from './platform/http/typed-app.ts'
import { startWorker } from './worker.ts'

/** What a process of ours does: `start` is all of it in one. */
export type ProcessRole = 'start' | 'web' | 'worker'

export interface Service {
  deps: Deps
  /** Where the web service listens; undefined for a worker. */
  url: string | undefined
  /** Ends what is under way, within 10 s, and loses nothing: what could not end is taken back by the next run. */
  close(): Promise<void>
}

const WEB_CLOSE_MS = 6500
/** After this the process ends in any case: the ledger recovers whatever was open. */
const MERCY_MS = 9500

/** Starts one process. @throws Conflict when the port is taken or migrations are pending, Upstream */
export async function startService(given: Config, role: ProcessRole, options: OpenOptions = {}): Promise<Service> {
  const config = given.port === 0 ? await chooseFreePort(given) : given
  const deps = await openDeps(config, options)
  let app: TypedApp | undefined
  let mailbox: Awaited<ReturnType<typeof startMailboxServer>> | undefined
  const close = async () => {
    // Together: the web takes no more requests, the sender ends its dialogues. Only then what both stand on.
    await Promise.allSettled([app && within(WEB_CLOSE_MS, app.close()), deps.stopWork()])
    await mailbox?.close()
    await deps.close()
  }
  try {
    // Without SMTP_URL mail goes into the mailbox: one server for the worker and the page where one can reply.
    mailbox = config.smtpUrl ? undefined : await startMailboxServer(deps)
    const smtpUrl = config.smtpUrl ?? (mailbox as { url: string }).url
    // The port before the work: a second copy started by mistake must not take jobs while it finds out.
    if (role !== 'worker') {
      app = await buildApp(deps, { mailboxSmtpUrl: mailbox?.url })
      await listen(app, config)
    }
    if (role !== 'web') await startWorker(deps, { smtpUrl })
    return { deps, url: app && urlOf(app, config.host), close }
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
