import { createServer } from 'node:net'
import { buildApp } from './app.ts'
import type { Config } from './config.ts'
import { type Deps, openDeps, type OpenOptions } from './deps.ts'
import { startMailboxServer } from './features/mailbox/index.ts'
import { wordsOf } from './lib/errors.ts'
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

/** Starts one process. @throws Error when the port is taken, Conflict when migrations are pending */
export async function startService(config: Config, role: ProcessRole, options: OpenOptions = {}): Promise<Service> {
  const deps = await openDeps(config, options)
  const parts: { close(): Promise<unknown> }[] = []
  const close = async () => {
    // The web first: nobody is told "yes" by a service that is leaving.
    for (const part of parts.reverse()) await part.close()
    await deps.close()
  }
  try {
    // Without SMTP_URL mail goes into the mailbox: one server for the worker and the page where one can reply.
    const mailbox = config.smtpUrl ? undefined : await startMailboxServer(deps)
    if (mailbox) parts.push(mailbox)
    const smtpUrl = config.smtpUrl ?? (mailbox as { url: string }).url
    if (role !== 'web') await startWorker(deps, { smtpUrl })
    if (role === 'worker') return { deps, url: undefined, close }
    const app = await buildApp(deps, { mailboxSmtpUrl: mailbox?.url })
    parts.push(app)
    const url = await app.listen({ port: config.port, host: config.host })
    return { deps, url, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Ends orderly on SIGTERM and SIGINT; after 9.5 s without mercy: the ledger recovers whatever was open. */
export function endOnSignals(close: () => Promise<void>): void {
  let ending = false
  const end = () => {
    if (ending) return
    ending = true
    setTimeout(() => process.exit(0), 9500).unref()
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

/** The port asked for, or a free one when somebody has it: for the demo, where two runs must never meet. */
export async function choosePort(wanted: number, host: string): Promise<number> {
  for (const port of [wanted, 0]) {
    const found = await new Promise<number | undefined>((done) => {
      const probe = createServer()
      probe.on('error', () => done(undefined))
      probe.listen(port, host, () => {
        const address = probe.address()
        probe.close(() => done(typeof address === 'object' && address ? address.port : undefined))
      })
    })
    if (found !== undefined) return found
  }
  return wanted
}
