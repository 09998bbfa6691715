import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import SMTPConnection, { type SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection'
import { describe, expect, onTestFinished, test } from 'vitest'
import { countsByRecipient, parseLog } from './analyse.ts'
import { makeSelfSignedCertificate } from './certificate.ts'
import { type SinkOptions, startSink } from './sink.ts'

async function openSink(options: SinkOptions = {}) {
  const sink = await startSink(options)
  onTestFinished(() => sink.close())
  return sink
}

interface Outcome {
  stage: 'connect' | 'login' | 'send' | 'done'
  code?: number | undefined
  words: string
}

type Failure = Error & { responseCode?: number | undefined; response?: string | undefined }

interface Order {
  to?: string | string[]
  auth?: { user: string; pass: string }
  options?: SMTPConnectionOptions
}

function hand(port: number, { to = 'ana@lib.example', auth, options }: Order = {}): Promise<Outcome> {
  const connection = new SMTPConnection({ port, host: '127.0.0.1', ...options })
  return new Promise((done) => {
    let stage: Outcome['stage'] = 'connect'
    const end = (error?: Failure | null) => {
      connection.close()
      done(error ? { stage, code: error.responseCode, words: error.response ?? error.message } : { stage, words: '' })
    }
    const send = () => {
      stage = 'send'
      connection.send({ from: 'bounce@programme.example', to }, 'Message-ID: <a@b>\r\n\r\nHello\r\n.\r\n', (error) => {
        if (!error) stage = 'done'
        end(error)
      })
    }
    connection.on('error', end)
    connection.connect((error) => {
      if (error) return end(error)
      if (!auth) return send()
      stage = 'login'
      connection.login({ credentials: auth }, (refused) => (refused ? end(refused) : send()))
    })
  })
}

/** Speaks by hand; gives everything that was said until the other side ends. */
async function speak(port: number, words: string | string[], firstAnswers = 0): Promise<string> {
  const socket: Socket = connect(port, '127.0.0.1')
  let heard = ''
  const answers = () => heard.split('\r\n').filter((line) => /^\d{3} /.test(line)).length
  const [first = '', ...rest] = [words].flat()
  socket.write(first)
  socket.on('data', (chunk) => {
    heard += chunk
    if (answers() >= firstAnswers) for (const word of rest.splice(0)) socket.write(word)
  })
  socket.on('error', () => undefined)
  await once(socket, 'close')
  return heard
}

describe('the sink', () => {
  test('takes a message and notes when MAIL, DATA and the dot came', async () => {
    const sink = await openSink()
    const before = Date.now()
    expect(await hand(sink.port)).toMatchObject({ stage: 'done' })
    const [message] = sink.messages()
    expect(message).toMatchObject({
      mail_from: 'bounce@programme.example',
      rcpt: ['ana@lib.example'],
      message_id: '<a@b>',
      taken: true,
      replied: true,
      reply: '250 2.6.0 Taken',
      fault: null,
    })
    const { mail_at = 0, data_at, dot_at } = message ?? {}
    expect(Math.abs(mail_at - before)).toBeLessThan(10_000)
    expect(data_at).toBeGreaterThan(mail_at)
    expect(dot_at).toBeGreaterThan(data_at as number)
  })

  test('takes everything that was pipelined, and a body without a line', async () => {
    const sink = await openSink()
    const one = 'MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n'
    const heard = await speak(sink.port, `EHLO x\r\n${one}.\r\n${one}Message-ID: <2@b>\r\n\r\n..\r\n.\r\nQUIT\r\n`)
    expect(heard.match(/^250 2\.6\.0/gm)).toHaveLength(2)
    expect(heard).toMatch(/221 2\.0\.0 Bye\r\n$/)
    expect(sink.messages().map(({ message_id }) => message_id)).toEqual([null, '<2@b>'])
  })

  test('finds the end of a body in whatever pieces it arrives', async () => {
    const sink = await openSink()
    const dialogue = `MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\nMessage-ID: <p@b>\r\n\r\n.\r.\n\r\n.\r\nQUIT\r\n`
    await speak(sink.port, ['EHLO x\r\n', ...dialogue], 2)
    expect(sink.messages()).toMatchObject([{ message_id: '<p@b>', taken: true }])
  })

  test.each([
    ['tempfail@x.example', 451],
    ['tempfail+3@x.example', 451],
    ['permfail.2@x.example', 550],
    ['refused@x.example', 550],
    ['550-5.4.5@x.example', 550],
    ['452-rcpt@x.example', 452],
    ['421-mail@x.example', 421],
    ['421-4.7.0@x.example', 421],
  ])('%s is refused with %i before DATA', async (to, code) => {
    const sink = await openSink()
    expect(await hand(sink.port, { to })).toMatchObject({ stage: 'send', code })
    await sink.close()
    expect(sink.messages()).toMatchObject([{ rcpt: [], refused: [to], data_at: null, taken: false }])
  })

  test.each([
    ['421-data@x.example', 421, false],
    ['tempfail-data@x.example', 451, true],
    ['permfail-data@x.example', 554, true],
  ])('%s is refused with %i at DATA or after the dot', async (to, code, replied) => {
    const sink = await openSink()
    expect(await hand(sink.port, { to })).toMatchObject({ stage: 'send', code })
    expect(sink.messages()).toMatchObject([{ rcpt: [to], taken: false, replied }])
  })

  test.each([
    ['drop-after-dot@x.example', true],
    ['reset.4@x.example', true],
    ['half-reply@x.example', true],
    ['garbage-after-dot@x.example', true],
    ['drop-mid-body@x.example', false],
    ['drop-after-mail@x.example', false],
    ['drop-after-rcpt@x.example', false],
  ])('%s breaks the dialogue without a reply; message taken: %s', async (to, taken) => {
    const sink = await openSink()
    const outcome = await hand(sink.port, { to })
    expect(outcome.stage).toBe('send')
    expect(outcome.code || undefined).toBeUndefined()
    expect(sink.messages()).toMatchObject([{ taken, replied: false }])
  })

  test('one refused recipient does not take the others with it', async () => {
    const sink = await openSink()
    expect(await hand(sink.port, { to: ['ana@x.example', 'refused@x.example'] })).toMatchObject({ stage: 'done' })
    expect(sink.messages()).toMatchObject([{ rcpt: ['ana@x.example'], refused: ['refused@x.example'], taken: true }])
  })

  test('fails the next transactions as it is told, whoever they are for', async () => {
    const sink = await openSink()
    sink.failNext('421-mail')
    sink.failNext('drop-after-mail')
    expect(await hand(sink.port)).toMatchObject({ stage: 'send', code: 421 })
    expect((await hand(sink.port)).code || undefined).toBeUndefined()
    expect(await hand(sink.port)).toMatchObject({ stage: 'done' })
    expect(() => sink.failNext('no-such-fault')).toThrow('knows no fault')
  })

  test('refuses tempfail-once the first time only', async () => {
    const sink = await openSink()
    expect(await hand(sink.port, { to: 'tempfail-once@x.example' })).toMatchObject({ code: 451 })
    expect(await hand(sink.port, { to: 'tempfail-once@x.example' })).toMatchObject({ stage: 'done' })
  })

  test('slow replies late; a client that leaves meanwhile has handed the message over all the same', async () => {
    const sink = await openSink({ slowMs: 20 })
    expect(await hand(sink.port, { to: 'slow@x.example' })).toMatchObject({ stage: 'done' })
    const impatient = await openSink({ slowMs: 60_000 })
    const outcome = await hand(impatient.port, { to: 'slow@x.example', options: { socketTimeout: 50 } })
    expect(outcome).toMatchObject({ stage: 'send' })
    await impatient.close()
    expect(impatient.messages()).toMatchObject([{ taken: true, replied: false, reply: null }])
  })

  test('drops before the greeting, or never greets', async () => {
    const dropping = await openSink({ greeting: 'drop-before-greeting' })
    expect(await hand(dropping.port)).toMatchObject({ stage: 'connect' })
    const silent = await openSink({ greeting: 'no-greeting' })
    const outcome = await hand(silent.port, { options: { greetingTimeout: 50 } })
    expect(outcome).toMatchObject({ stage: 'connect', words: expect.stringContaining('Greeting') })
  })

  test('asks for the password and refuses a wrong one', async () => {
    const sink = await openSink({ auth: { user: 'programme', pass: 'right' } })
    const options = { ignoreTLS: true }
    const wrong = { user: 'programme', pass: 'wrong' }
    expect(await hand(sink.port, { auth: wrong, options })).toMatchObject({ stage: 'login', code: 535 })
    expect(await hand(sink.port, { options })).toMatchObject({ stage: 'send', code: 530 })
    expect(await hand(sink.port, { auth: { user: 'programme', pass: 'right' }, options })).toMatchObject({
      stage: 'done',
    })
  })

  const certificate = makeSelfSignedCertificate()
  test.skipIf(!certificate)('speaks TLS with a certificate that only a trusting client takes', async () => {
    const sink = await openSink(certificate ? { tls: certificate } : {})
    expect(await hand(sink.port)).toMatchObject({ stage: 'connect', words: expect.stringMatching(/self-signed/i) })
    const options = { requireTLS: true, tls: { rejectUnauthorized: false } }
    expect(await hand(sink.port, { options })).toMatchObject({ stage: 'done' })
    expect(sink.messages()).toHaveLength(1)
  })

  test('goes away, breaking what is open, and comes back on the same port', async () => {
    const sink = await openSink()
    const open = connect(sink.port, '127.0.0.1')
    open.on('error', () => undefined)
    await once(open, 'data')
    const closed = once(open, 'close')
    await sink.setAway(true)
    await closed
    expect(await hand(sink.port)).toMatchObject({ stage: 'connect' })
    await sink.setAway(false)
    expect(await hand(sink.port)).toMatchObject({ stage: 'done' })
  })

  test('runs as a process of its own, obeys and leaves a log', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pairpost-sink-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const log = join(folder, 'sink.jsonl')
    const child = spawn(process.execPath, ['test/support/sink/sink.ts', '--port', '0', '--log', log], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    onTestFinished(() => void child.kill())
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const order = async (words: string) => {
      child.stdin.write(`${words}\n`)
      expect((await lines.next()).value).toBe('ok')
    }
    const port = Number(/^listening (\d+)$/.exec((await lines.next()).value ?? '')?.[1])
    expect(await hand(port)).toMatchObject({ stage: 'done' })
    expect(parseLog(readFileSync(log, 'utf8'))).toHaveLength(1)
    await order('fail drop-after-dot 1')
    expect(await hand(port, { to: 'ANA@lib.example' })).toMatchObject({ stage: 'send' })
    await order('away')
    expect(await hand(port)).toMatchObject({ stage: 'connect' })
    await order('back')
    expect(await hand(port, { to: 'ben@lib.example' })).toMatchObject({ stage: 'done' })
    child.stdin.end()
    expect(await once(child, 'exit')).toEqual([0, null])
    const messages = parseLog(readFileSync(log, 'utf8'))
    expect(messages.map(({ replied }) => replied)).toEqual([true, false, true])
    expect([...countsByRecipient(messages)]).toEqual([
      ['ana@lib.example', 2],
      ['ben@lib.example', 1],
    ])
  })
})
