import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { expect, onTestFinished, test } from 'vitest'
import { openSession } from '../../../src/platform/mail/smtp-session.ts'
import { startSink } from '../../support/sink/sink.ts'

const FROM = 'programme@pairpost.example'
const MESSAGE = Buffer.from('Subject: Test\r\n\r\nHello\r\n')

async function openLine() {
  const sink = await startSink()
  onTestFinished(() => sink.close())
  const session = await openSession(sink.url, 'pairpost.example')
  onTestFinished(() => session.close())
  return { sink, session, ask: (...to: string[]) => session.tryRecipients({ from: FROM, to }) }
}

test('addresses that the server would take are told without handing anything over, and a message follows on the same line', async () => {
  const { sink, session, ask } = await openLine()
  expect(await ask('ana@library.example', 'ben@library.example')).toEqual({ kind: 'taken' })
  expect(await session.deliver({ from: FROM, to: 'eva@library.example' }, MESSAGE)).toMatchObject({ kind: 'accepted' })
  expect(await ask('ana@library.example')).toEqual({ kind: 'taken' })
  expect(sink.messages().map(({ rcpt, data_at, taken }) => [rcpt, data_at !== null, taken])).toEqual([
    [['ana@library.example', 'ben@library.example'], false, false],
    [['eva@library.example'], true, true],
  ])
  expect(new Set(sink.messages().map(({ connection }) => connection)).size).toBe(1)
})

test('the first refusal for good is told, else the first for now, with the words of the server', async () => {
  const { session, ask } = await openLine()
  expect(await ask('ana@x.example', 'tempfail@x.example', 'refused@x.example')).toEqual({
    kind: 'refused',
    address: 'refused@x.example',
    code: 550,
    enhanced: '5.1.1',
    words: '550 5.1.1 There is no such mailbox',
  })
  expect(await ask('tempfail@x.example', 'ana@x.example')).toMatchObject({ address: 'tempfail@x.example', code: 451 })
  expect(session.usable()).toBe(true)
  expect(await session.deliver({ from: FROM, to: 'eva@x.example' }, MESSAGE)).toMatchObject({ kind: 'accepted' })
})

test('a server that refuses the sender says nothing about anybody', async () => {
  const { sink, ask } = await openLine()
  sink.failNext('421-mail')
  expect(await ask('ana@x.example')).toMatchObject({ kind: 'refused', address: null, code: 421 })
})

test.each([
  ['421@x.example', { kind: 'refused', address: '421@x.example', code: 421, enhanced: '4.7.0' }],
  ['drop-after-mail@x.example', { kind: 'not_begun' }],
])('a server that ends the connection over %s leaves no doubt: nothing was begun', async (address, result) => {
  const { session, ask } = await openLine()
  expect(await ask(address, 'ana@x.example')).toMatchObject(result)
  expect(session.usable()).toBe(false)
  expect(await ask('ana@x.example')).toMatchObject({ kind: 'not_begun' })
})

test('an address that cannot be said is refused without saying it', async () => {
  const { sink, ask } = await openLine()
  expect(await ask('jürgen@x.example')).toMatchObject({ kind: 'refused', code: 553, enhanced: '5.6.7' })
  expect(await ask('a@x.example>\r\nDATA')).toMatchObject({ kind: 'refused', code: 553, enhanced: '5.1.3' })
  expect(sink.messages()).toEqual([])
})

test('a server without pipelining is asked one thing at a time', async () => {
  const said: string[] = []
  const server = new SMTPServer({
    hidePIPELINING: true,
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onMailFrom: ({ address }, _session, done) => {
      said.push(`MAIL ${address}`)
      done(address.startsWith('spam') ? Object.assign(new Error('5.7.1 Not from you'), { responseCode: 550 }) : null)
    },
    onRcptTo: ({ address }, _session, done) => {
      said.push(`RCPT ${address}`)
      done(address.startsWith('no') ? Object.assign(new Error('5.1.1 Not here'), { responseCode: 550 }) : null)
    },
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  onTestFinished(() => new Promise<void>((done) => server.close(() => done())))
  const session = await openSession(`smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`, 'x.example')
  onTestFinished(() => session.close())
  const to = ['ana@x.example', 'no@x.example']
  expect(await session.tryRecipients({ from: FROM, to })).toMatchObject({ address: 'no@x.example', code: 550 })
  expect(await session.tryRecipients({ from: 'spam@x.example', to })).toMatchObject({ address: null, code: 550 })
  expect(await session.tryRecipients({ from: FROM, to: ['ana@x.example'] })).toEqual({ kind: 'taken' })
  expect(said).toEqual([
    ...[`MAIL ${FROM}`, 'RCPT ana@x.example', 'RCPT no@x.example'],
    'MAIL spam@x.example',
    ...[`MAIL ${FROM}`, 'RCPT ana@x.example'],
  ])
})
