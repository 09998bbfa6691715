import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { type ListenerSettings, openListener, type TakenMail } from '../../../src/platform/mail/listener.ts'
import { hand } from '../../features/mailbox/dialogue.ts'
import { silentLog } from '../../support/log.ts'

async function open(change: Partial<ListenerSettings> = {}) {
  const taken: TakenMail[] = []
  const listener = await openListener({
    ...{ protocol: 'smtp', host: '127.0.0.1', port: 0, name: 'mx.programme.example', log: silentLog, size: 1000 },
    accepts: (address) => address.endsWith('@programme.example'),
    take: async (mail) => taken.push(mail),
    ...change,
  })
  onTestFinished(() => listener.close())
  return { taken, listener, url: `smtp://127.0.0.1:${listener.port}` }
}

/** Says these lines, one for each reply, and gives all that came back. */
async function talk(url: string, lines: string[]): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  let said = ''
  socket.on('data', (chunk) => {
    said += chunk
    const line = lines.shift()
    if (line !== undefined) socket.write(`${line}\r\n`)
  })
  socket.on('error', () => undefined)
  await once(socket, 'close')
  return said
}

test('it says how large a message may be, and neither signs in nor begins TLS', async () => {
  const { url } = await open()
  const said = await talk(url, ['EHLO client.example', 'STARTTLS', 'QUIT'])
  expect(said).toMatch(/^220 mx\.programme\.example ESMTP/)
  expect(said).toMatch(/250[- ]SIZE 1000\r/)
  expect(said).not.toMatch(/250[- ](STARTTLS|AUTH)/)
  expect(said).toMatch(/\r\n50\d /)
})

test('a client that says nothing is sent away', async () => {
  const { url } = await open({ timeoutMs: 200 })
  expect(await talk(url, ['EHLO client.example'])).toMatch(/421 /)
}, 10_000)

test('a message that says its size is refused before it comes, one that does not after it', async () => {
  const { url, taken } = await open()
  const said = await talk(url, ['EHLO x', 'MAIL FROM:<a@b.example> SIZE=2000', 'QUIT'])
  expect(said).toMatch(/\r\n552 /)
  expect(await hand(url, { to: 'x@programme.example', raw: `Subject: x\r\n\r\n${'y'.repeat(2000)}` })).toMatchObject({
    code: 552,
  })
  expect(taken).toEqual([])
})

test('of several recipients all are kept, or the client hears that it must come back', async () => {
  let fails = true
  const { url, taken } = await open({
    take: async (mail) => {
      if (fails && mail.rcpt_to.startsWith('two')) throw new Error('no room')
      taken.push(mail)
    },
  })
  const message = { to: ['one@programme.example', 'two@programme.example'], raw: 'Subject: x\r\n\r\ny\r\n' }
  expect(await hand(url, message)).toMatchObject({ accepted: false, code: 451 })
  fails = false
  expect(await hand(url, message)).toMatchObject({ accepted: true })
  expect(taken.map(({ rcpt_to }) => rcpt_to)).toEqual([
    'one@programme.example',
    'one@programme.example',
    'two@programme.example',
  ])
})

test('what is under way when it closes is answered first', async () => {
  const begun = Promise.withResolvers<void>()
  const go = Promise.withResolvers<void>()
  const { url, listener } = await open({
    take: async () => {
      begun.resolve()
      await go.promise
    },
  })
  const outcome = hand(url, { to: 'x@programme.example', raw: 'Subject: x\r\n\r\ny\r\n' })
  await begun.promise
  const closed = listener.close()
  go.resolve()
  expect(await outcome).toMatchObject({ accepted: true })
  await closed
})

test('who keeps a connection busy and says nothing loses it in the end, and others get its place', async () => {
  const { url } = await open({ lifeMs: 1000 })
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.on('error', () => undefined)
  // an octet for each that came: never idle, never done
  socket.on('data', () => socket.write('N'))
  const drip = setInterval(() => socket.write('N'), 10)
  await new Promise((closed) => socket.once('close', closed))
  clearInterval(drip)
  expect(await talk(url, ['QUIT'])).toMatch(/^220 .*\r\n221 /)
})
