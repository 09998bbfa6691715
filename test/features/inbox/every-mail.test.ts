import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openWordsReader } from '../../../src/features/inbox/read/words-reader.ts'
import { openIncomingReader } from '../../../src/platform/mail/incoming/index.ts'
import { openInbox, write } from './stage.ts'

const DATA = '../shared/data/mail'
const SIMULTANEOUS = 2
/** What one message may take, from the moment at which it is looked at to its last row; the figures are printed. */
const LONGEST_MS = 2000
const LONGEST_BLOCK_MS = 200
/** Other tests want the machine at the same time, and are no fault of a message. */
const BUSY = 5

/** Every file of mail, whatever its ending; hostile ones of ours are below. */
function listMails(): string[] {
  return readdirSync(DATA, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(eml|txt|raw|msg)$|\/[^.]+$/.test(`/${entry.name}`))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/(SOURCE|LICENSE|README|expected)[^/]*$/i.test(path))
    .toSorted()
}

async function openReading() {
  const reader = openIncomingReader()
  onTestFinished(() => reader.close())
  const inbox = await openInbox(undefined, { read: reader.read, readWords: openWordsReader() })
  // The thread's modules are read once, at the first message.
  await inbox.receive(await write({ text: 'first' }))
  return inbox
}

/** Takes and reads them, some at a time; the longest that one took and the longest that nothing else could run. */
async function readAll({ take, read }: Awaited<ReturnType<typeof openReading>>, mails: (() => Buffer)[]) {
  const delay = monitorEventLoopDelay({ resolution: 10 })
  const waiting = [...mails.keys()]
  let longest = 0
  const work = async () => {
    for (let at = waiting.shift(); at !== undefined; at = waiting.shift()) {
      const incoming_id = await take((mails[at] as () => Buffer)(), {
        mail_from: null,
        rcpt_to: `reply+${at}@localhost.example`,
      })
      const begun = performance.now()
      await read({ incoming_id })
      longest = Math.max(longest, performance.now() - begun)
    }
  }
  delay.enable()
  await Promise.all(Array.from({ length: SIMULTANEOUS }, work))
  delay.disable()
  return { longest: Math.round(longest), blocked: Math.round(delay.max / 1e6) }
}

describe.skipIf(!existsSync(DATA))('every mail that others have collected (needs ../shared/data)', () => {
  test('goes the whole way without a crash: each is read within 2 s, and nothing else waits for 200 ms', {
    retry: 2,
    timeout: 180_000,
  }, async () => {
    const inbox = await openReading()
    const paths = listMails()
    expect(paths.length).toBeGreaterThan(1000)
    const { longest, blocked } = await readAll(
      inbox,
      paths.map((path) => () => readFileSync(path)),
    )
    const rows = await inbox.deps.db.selectFrom('incoming_messages').select(['kind', 'outcome', 'state']).execute()
    const counts = Object.groupBy(rows, ({ kind, outcome, state }) => `${state} ${kind} → ${outcome}`)
    const lines = Object.entries(counts).map(([key, of]) => `${String(of?.length).padStart(5)}  ${key}`)
    console.log(`${lines.toSorted().join('\n')}\nlongest ${longest} ms, event loop blocked at most ${blocked} ms`)
    expect(rows.filter(({ state }) => state === 'received')).toEqual([])
    expect(await inbox.states()).toEqual({ ana: 'applied', ben: 'applied' })
    expect(await inbox.suppressed()).toEqual([])
    expect(longest).toBeLessThan(LONGEST_MS * BUSY)
    expect(blocked).toBeLessThan(LONGEST_BLOCK_MS * BUSY)
  })
})

test('hostile mail goes the whole way too: cut or given up with a reason, in time', {
  retry: 2,
  timeout: 60_000,
}, async () => {
  const inbox = await openReading()
  const to = await inbox.addressOf('ana')
  const head = `From: ana@library.example\r\nTo: ${to}\r\nSubject: Re: x\r\n`
  const parts = Array.from({ length: 10_000 }, (_, at) => `--b\r\nContent-Type: text/plain\r\n\r\npart ${at}\r\n`).join(
    '',
  )
  const nested = Array.from({ length: 1000 }, () => 'Content-Type: message/rfc822\r\n\r\n').join('')
  const mails = {
    'a line of 200 KB': `${head}\r\n${'yes '.repeat(50_000)}`,
    '100,000 quotes': `${head}\r\nYes\r\n${'> '.repeat(100_000)}\r\n`,
    '10,000 parts': `${head}Content-Type: multipart/mixed; boundary=b\r\n\r\n${parts}--b--\r\n`,
    '1,000 messages in one another': `${head}${nested}`,
    '100,000 header fields': `${'X-Much: 1\r\n'.repeat(100_000)}${head}\r\nYes`,
    'a Message-ID of 60 KB': `Message-ID: <${'a'.repeat(60_000)}@b>\r\n${head}\r\nHello`,
    'deep HTML': `${head}Content-Type: text/html\r\n\r\n${'<blockquote>'.repeat(10_000)}yes`,
    'an unending token': `${head}References: ${'<a@b> '.repeat(50_000)}\r\n\r\nYes`,
    nothing: '',
    '20 MB of base64': `${head}Content-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n\r\n${'UEsDBBQACAAIAAAA\r\n'.repeat(1_100_000)}`,
  }
  const raws = Object.values(mails).map((text) => Buffer.from(text))
  const { longest, blocked } = await readAll(
    inbox,
    raws.map((raw) => () => raw),
  )
  const rows = await inbox.deps.db.selectFrom('incoming_messages').selectAll().orderBy('id').execute()
  expect(rows.every(({ state }) => state === 'read')).toBe(true)
  expect(rows.flatMap(({ cuts }) => cuts).length).toBeGreaterThan(3)
  expect(await inbox.states()).toEqual({ ana: 'applied', ben: 'applied' })
  expect(longest).toBeLessThan(LONGEST_MS * BUSY)
  expect(blocked).toBeLessThan(LONGEST_BLOCK_MS * BUSY)
})
