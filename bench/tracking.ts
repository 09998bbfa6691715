/**
 * `node bench/tracking.ts`: clicks through the whole service, each recorded before it is answered, beside a bare Fastify
 * handler that inserts a row a request into the same table; then the redirect's latency at a steady 500 requests a
 * second; and both again with ten million hits in the table. `--hits 1000000 --seconds 3 --connections 100` for others.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import Fastify from 'fastify'
import pg from 'pg'
import { buildApp } from '../src/app.ts'
import { parseConfig, readConfig } from '../src/config.ts'
import { openDeps } from '../src/deps.ts'
import { settleHits } from '../src/features/tracking/index.ts'
import { signToken, tokenKeys } from '../src/lib/tokens.ts'
import { migrate } from '../src/platform/db/migrate.ts'
import { openDatabase } from '../src/platform/db/open.ts'
import { startEmbeddedPostgres } from '../src/platform/embedded/postgres.ts'

const { values } = parseArgs({
  options: {
    serve: { type: 'string' },
    hits: { type: 'string', default: '10000000' },
    seconds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '100' },
  },
})
const SECRET = 'a secret that only the bench has: 32+'
const LINKS = 5
const CAMPAIGNS = 10
const READERS = 20_000
const RATE = 500
const AGENT = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0'

if (values.serve === 'pairpost') await servePairpost()
else if (values.serve === 'bare') await serveBare()
else await measure()

async function measure() {
  const seconds = Number(values.seconds)
  const connections = Number(values.connections)
  const folder = await mkdtemp(join(tmpdir(), 'pairpost-bench-tracking-'))
  await chmod(folder, 0o711)
  const postgres = await startEmbeddedPostgres(join(folder, 'postgres'))
  const database = openDatabase(postgres.url, { max: 4, onError: () => undefined })
  const table: Record<string, string | number>[] = []
  try {
    await migrate(database.pool)
    const deliveries = await fillMailings(database.pool)
    const keys = tokenKeys([SECRET])
    const paths = Array.from({ length: 20_000 }, (_, at) => {
      const id = 1 + ((at * 7919) % deliveries)
      return `/t/${signToken(keys, 'click', id)}/link${at % LINKS}?bare=${id}`
    })
    for (const hits of [0, Number(values.hits)]) {
      if (hits > 0) await fillHits(database.pool, hits, deliveries)
      const figures: Record<string, { rate: number; mb: number }[]> = { bare: [], pairpost: [] }
      // By turns: the machine's mood is averaged out.
      for (const side of ['bare', 'pairpost', 'pairpost', 'bare']) {
        const server = await startSide(side, postgres.url, join(folder, side))
        await flood(server.url, paths, connections, 1)
        const before = await countHits(database.pool)
        const { answered } = await flood(server.url, paths, connections, seconds)
        const recorded = (await countHits(database.pool)) - before
        if (recorded < answered) throw new Error(`${side}: ${answered} answered, ${recorded} recorded`)
        figures[side]?.push({ rate: answered / seconds, mb: await server.stop() })
      }
      const mean = (side: string, name: 'rate' | 'mb') =>
        (figures[side] ?? []).reduce((sum, one) => sum + one[name], 0) / (figures[side]?.length ?? 1)
      const server = await startSide('pairpost', postgres.url, join(folder, 'pairpost'))
      await pace(server.url, paths, RATE, 1)
      const times = await pace(server.url, paths, RATE, seconds * 2)
      await server.stop()
      const row: Record<string, string | number> = {
        'hits before': hits,
        'bare, hits/s': Math.round(mean('bare', 'rate')),
        'Pairpost, hits/s': Math.round(mean('pairpost', 'rate')),
        ratio: Number((mean('pairpost', 'rate') / mean('bare', 'rate')).toFixed(2)),
        'bare, MB': Math.round(mean('bare', 'mb')),
        'Pairpost, MB': Math.round(mean('pairpost', 'mb')),
        [`p50 ms, ${RATE}/s`]: percentile(times, 50),
        [`p99 ms, ${RATE}/s`]: percentile(times, 99),
        [`most ms, ${RATE}/s`]: percentile(times, 100),
      }
      // Before the counting: it is no part of what a reader waits for, and the longest.
      console.table([row])
      const began = performance.now()
      const settled = await settleHits(database)
      row['deliveries counted/s'] = Math.round((settled * 1000) / (performance.now() - began))
      table.push(row)
    }
    console.log(`\n${connections} connections, kept alive; every answered hit was found in the table\n`)
    console.table(table)
    const kept = JSON.parse(await readFile('bench.json', 'utf8').catch(() => '{}'))
    await writeFile('bench.json', `${JSON.stringify({ ...kept, tracking: table }, null, 2)}\n`)
  } finally {
    await database.close()
    await postgres.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Ten campaigns, as rows. @returns how many deliveries there are */
async function fillMailings(pool: pg.Pool): Promise<number> {
  await pool.query(`
    set session_replication_role = 'replica';
    insert into rounds (code, name) values ('2016A', 'Round 2016A');
    insert into people (given_name, family_name, country_code) select 'Reader', n, 'SE' from generate_series(1, ${READERS}) n;
    insert into campaigns (round_id, kind, lane, state, started_at, starts_at)
      select 1, 'topic', 'campaign', 'done', now(), now() from generate_series(1, ${CAMPAIGNS});
    insert into campaign_links (campaign_id, key, url)
      select c.id, 'link' || n, 'https://library.example/' || n from campaigns c, generate_series(0, ${LINKS - 1}) n;
    insert into deliveries (campaign_id, person_id, lane, state, address, domain, language, version, due_at, accepted_at)
      select c.id, p.id, 'campaign', 'accepted', 'r' || p.id || '@library.example', 'library.example', 'en', 1, now(), now()
      from campaigns c, people p order by c.id, p.id;
    set session_replication_role = 'origin'`)
  await pool.query('vacuum analyze')
  return READERS * CAMPAIGNS
}

/** Hits as a long-used installation has them: a campaign a fortnight, most of its clicks in the first days. */
async function fillHits(pool: pg.Pool, hits: number, deliveries: number): Promise<void> {
  const began = performance.now()
  const client = await pool.connect()
  // No trigger for each row while filling, and the indexes are made at the end.
  await client.query("set session_replication_role = 'replica'")
  await client.query('drop index tracking_hits_delivery_idx, tracking_hits_network_idx')
  await client.query(
    `insert into tracking_hits (delivery_id, link_key, at, method, agent, network)
     select 1 + (c - 1) * $2::bigint + floor(random() * $2)::bigint, 'link' || n % ${LINKS},
       now() - make_interval(days => (${CAMPAIGNS} - c) * 14 + 30) + make_interval(secs => -ln(1 - n::float8 / ($1::float8 + 1)) * 86400),
       'GET', $3, decode(lpad(to_hex(n), 32, '0'), 'hex')
     from generate_series(1, ${CAMPAIGNS}) c, generate_series(1, $1::int) n`,
    [Math.floor(hits / CAMPAIGNS), Math.floor(deliveries / CAMPAIGNS), AGENT],
  )
  await client.query('create index tracking_hits_delivery_idx on tracking_hits (delivery_id)')
  await client.query('create index tracking_hits_network_idx on tracking_hits (network, at) where network is not null')
  await client.query("set session_replication_role = 'origin'")
  client.release()
  await pool.query('vacuum analyze tracking_hits')
  console.log(`${hits} hits made in ${Math.round((performance.now() - began) / 1000)} s`)
}

async function countHits(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query('select coalesce(max(id), 0) as last from tracking_hits')
  return (rows[0] as { last: number }).last
}

async function startSide(side: string, databaseUrl: string, dataDir: string) {
  const child = fork(import.meta.filename, ['--serve', side], {
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: databaseUrl,
      DATA_DIR: dataDir,
      SECRET_KEY: SECRET,
      LOG_LEVEL: 'error',
    },
  })
  const ended = once(child, 'exit').then(() => {
    throw new Error(`The side ${side} ended.`)
  })
  const [url] = (await Promise.race([once(child, 'message'), ended])) as [string]
  ended.catch(() => undefined)
  return {
    url,
    /** @returns the most memory that it had, MB */
    async stop(): Promise<number> {
      child.send('stop')
      const [kilobytes] = (await once(child, 'message')) as [number]
      await once(child, 'exit')
      return kilobytes / 1024
    },
  }
}

async function servePairpost() {
  const deps = await openDeps(readConfig())
  const app = await buildApp(deps)
  answerParent(await app.listen({ port: 0, host: '127.0.0.1' }), async () => {
    await app.close()
    await deps.close()
  })
}

async function serveBare() {
  const config = parseConfig(process.env)
  const pool = new pg.Pool({ connectionString: config.databaseUrl, max: 12 })
  const app = Fastify()
  app.get<{ Params: { key: string }; Querystring: { bare: string } }>('/t/:token/:key', async (request, reply) => {
    await pool.query(
      "insert into tracking_hits (delivery_id, link_key, at, method, agent) values ($1, $2, now(), 'GET', $3)",
      [request.query.bare, request.params.key, request.headers['user-agent']],
    )
    return reply.redirect('https://library.example/', 302)
  })
  answerParent(await app.listen({ port: 0, host: '127.0.0.1' }), async () => {
    await app.close()
    await pool.end()
  })
}

function answerParent(url: string, close: () => Promise<void>) {
  const tell = (word: string | number) => process.send?.(word)
  process.on('message', async () => {
    tell(process.resourceUsage().maxRSS)
    await close()
    process.disconnect?.()
  })
  tell(url)
}

/** As many requests as are answered in `seconds`, one after the other on each connection. */
async function flood(url: string, paths: string[], connections: number, seconds: number) {
  const end = performance.now() + seconds * 1000
  let answered = 0
  const work = async (at: number) => {
    const ask = await openConnection(url)
    for (let next = at; performance.now() < end; next += connections) {
      await ask.get(paths[next % paths.length] as string)
      answered++
    }
    ask.close()
  }
  await Promise.all(Array.from({ length: connections }, (_, at) => work(at * 97)))
  return { answered }
}

/** Requests at a steady rate, whether those before are answered or not; each timed from when it was due, ms. */
async function pace(url: string, paths: string[], rate: number, seconds: number): Promise<number[]> {
  const idle: Awaited<ReturnType<typeof openConnection>>[] = []
  const times: number[] = []
  const under: Promise<void>[] = []
  const start = performance.now()
  const ask = async (path: string, due: number) => {
    const connection = idle.pop() ?? (await openConnection(url))
    await connection.get(path)
    times.push(performance.now() - due)
    idle.push(connection)
  }
  for (let at = 0; at < rate * seconds; ) {
    for (const now = performance.now(); at < rate * seconds && start + (at * 1000) / rate <= now; at++) {
      under.push(ask(paths[at % paths.length] as string, start + (at * 1000) / rate))
    }
    await new Promise((done) => setTimeout(done, 1))
  }
  await Promise.all(under)
  for (const connection of idle) connection.close()
  return times
}

/** A connection that is kept, one request at a time; anything but a redirect is a fault. */
async function openConnection(url: string) {
  const { hostname, port } = new URL(url)
  const socket: Socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  socket.setNoDelay(true)
  let done: () => void = () => undefined
  let fail: (error: Error) => void = () => undefined
  socket.setEncoding('latin1')
  socket.on('error', (error) => fail(error))
  let heard = ''
  socket.on('data', (text: string) => {
    heard += text
    // A redirect has no body.
    if (!heard.endsWith('\r\n\r\n')) return
    if (heard.startsWith('HTTP/1.1 302')) done()
    else fail(new Error(heard.slice(0, 500)))
    heard = ''
  })
  return {
    get: (path: string) =>
      new Promise<void>((resolve, reject) => {
        done = resolve
        fail = reject
        socket.write(`GET ${path} HTTP/1.1\r\nHost: bench\r\nUser-Agent: ${AGENT}\r\n\r\n`)
      }),
    close: () => socket.destroy(),
  }
}

function percentile(all: number[], percent: number): number {
  const sorted = all.toSorted((a, b) => a - b)
  const at = Math.min(sorted.length - 1, Math.ceil((sorted.length * percent) / 100) - 1)
  return Number((sorted[at] as number).toFixed(2))
}
