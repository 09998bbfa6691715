/**
 * An SMTP server that takes everything at once, notes when, and misbehaves on request (faults.ts). Written on
 * node:net without a library: no library breaks the rules on purpose. Imported, or run as a process of its own:
 *
 *   node test/support/sink/sink.ts --port 0 --log FILE
 *
 * which prints `listening PORT`, obeys the lines `away`, `back`, `fail NAME TIMES` on stdin, answers each with `ok`,
 * and ends with stdin or SIGTERM.
 */
import { closeSync, openSync, writeSync } from 'node:fs'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { type DialogueRules, openDialogue } from './dialogue.ts'
import type { SinkMessage } from './event.ts'
import { type FaultName, misbehaviourNamed } from './faults.ts'

export interface SinkOptions {
  port?: number
  host?: string
  /** A file that gets one JSON line per transaction, written before the client can do anything more. */
  log?: string
  /** Keep the messages for `messages()`; off for long runs that read the log. */
  keep?: boolean
  /** Server-wide: close the connection before a greeting, or never greet. */
  greeting?: 'drop-before-greeting' | 'no-greeting'
  /** Ask for AUTH PLAIN; anything else is answered 535. */
  auth?: { user: string; pass: string }
  /** Offer STARTTLS with this key and certificate, PEM. */
  tls?: { key: string; cert: string }
  slowMs?: number
}

export interface Sink {
  port: number
  url: string
  messages(): readonly SinkMessage[]
  /** The next transactions fail so, whoever they are for. */
  failNext(name: FaultName, times?: number): void
  /** Away: connections are refused and the open ones broken. Back: on the same port. */
  setAway(away: boolean): Promise<void>
  close(): Promise<void>
}

const SLOW_MS = 3000

export async function startSink(options: SinkOptions = {}): Promise<Sink> {
  const { host = '127.0.0.1', keep = true } = options
  const log = options.log === undefined ? undefined : openSync(options.log, 'a')
  const kept: SinkMessage[] = []
  const sockets = new Set<Socket>()
  const rules: DialogueRules = {
    auth: options.auth,
    tls: options.tls,
    slowMs: options.slowMs ?? SLOW_MS,
    nextId: counter(),
    failNext: [],
    failedOnce: new Set(),
    record(message) {
      // Synchronous, and before the reply is written: a client that is killed now cannot have known more than this.
      if (log !== undefined) writeSync(log, `${JSON.stringify(message)}\n`)
      if (keep) kept.push(message)
    },
  }
  const nextConnection = counter()

  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
    if (options.greeting === 'drop-before-greeting') socket.destroy()
    else if (options.greeting === 'no-greeting') socket.resume()
    else openDialogue(socket, nextConnection(), rules)
  })
  await listen(server, options.port ?? 0, host)
  const { port } = server.address() as AddressInfo

  const leave = async () => {
    const closed = server.listening ? new Promise<void>((done) => server.close(() => done())) : undefined
    // What a broken dialogue leaves is recorded when its socket has closed.
    const broken = [...sockets].map((socket) => new Promise((done) => socket.once('close', done)))
    for (const socket of sockets) socket.destroy()
    await Promise.all([closed, ...broken])
  }
  return {
    port,
    url: `smtp://${host}:${port}`,
    messages: () => kept,
    failNext(name, times = 1) {
      misbehaviourNamed(name)
      for (let left = times; left > 0; left--) rules.failNext.push(name)
    },
    async setAway(away) {
      if (away) await leave()
      else if (!server.listening) await listen(server, port, host)
    },
    async close() {
      await leave()
      if (log !== undefined) closeSync(log)
    },
  }
}

const listen = (server: Server, port: number, host: string) =>
  new Promise<void>((done, fail) => {
    server.once('error', fail)
    server.listen(port, host, 4096, () => {
      server.off('error', fail)
      done()
    })
  })

function counter(): () => number {
  let count = 0
  return () => ++count
}

async function runAsProcess(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      host: { type: 'string', default: '127.0.0.1' },
      log: { type: 'string' },
      greeting: { type: 'string' },
      auth: { type: 'string' },
      'slow-ms': { type: 'string', default: String(SLOW_MS) },
    },
  })
  const [user = '', pass = ''] = values.auth?.split(':') ?? []
  const sink = await startSink({
    port: Number(values.port),
    host: values.host,
    keep: false,
    slowMs: Number(values['slow-ms']),
    ...(values.log === undefined ? {} : { log: values.log }),
    ...(values.greeting === undefined ? {} : { greeting: values.greeting as 'no-greeting' }),
    ...(values.auth === undefined ? {} : { auth: { user, pass } }),
  })
  const stop = async () => {
    await sink.close()
    process.exit(0)
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  console.log(`listening ${sink.port}`)
  for await (const line of createInterface({ input: process.stdin })) {
    const [order, name = '', times = '1'] = line.trim().split(/\s+/)
    if (order === 'away' || order === 'back') await sink.setAway(order === 'away')
    else if (order === 'fail') sink.failNext(name, Number(times))
    else continue
    console.log('ok')
  }
  await stop()
}

if (import.meta.main) await runAsProcess()
