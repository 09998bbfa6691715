import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { addInboxRoutes, createMailboxReader, openReceivers } from '../../../src/features/inbox/index.ts'
import { startMailboxServer } from '../../../src/features/mailbox/index.ts'
import { asRole, openApiApp } from '../../support/api-app.ts'
import { openTestDeps, type TestDeps } from '../../support/deps.ts'
import { keptLog } from '../../support/log.ts'
import { hand } from '../mailbox/dialogue.ts'
import { write } from './stage.ts'

const SECRET = 'a secret for posts that is long enough'

async function openAll(environment: Record<string, string> = {}) {
  const deps = await openTestDeps({
    INBOUND_SMTP_PORT: '0',
    INBOUND_LMTP_PORT: '0',
    INBOUND_SECRET: SECRET,
    ...environment,
  })
  const rung: number[] = []
  const ring = async (_name: string, input: object) => void rung.push((input as { incoming_id: number }).incoming_id)
  const receivers = await openReceivers({ ...deps, ring: ring as TestDeps['ring'] })
  onTestFinished(() => receivers.close())
  const rows = () => deps.db.selectFrom('incoming_messages').selectAll().orderBy('id').execute()
  return {
    deps,
    ring: ring as TestDeps['ring'],
    rung,
    rows,
    smtp: `smtp://127.0.0.1:${receivers.smtpPort}`,
    lmtpPort: receivers.lmtpPort as number,
  }
}

test('SMTP: a message is kept with its envelope before it is acknowledged, a row for each recipient', async () => {
  const { smtp, rows, rung } = await openAll()
  const raw = await write({ to: 'reply+x@localhost.example' })
  const to = ['reply+x@localhost.example', 'Programme@localhost.example']
  expect(await hand(smtp, { from: 'ana@library.example', to, raw })).toMatchObject({ accepted: true })
  const kept = await rows()
  expect(kept).toMatchObject([
    {
      source: 'smtp',
      mail_from: 'ana@library.example',
      rcpt_to: 'reply+x@localhost.example',
      state: 'received',
      client_ip: '127.0.0.1',
    },
    { rcpt_to: expect.stringMatching(/^programme@/i) },
  ])
  expect(kept[0]?.raw?.toString()).toContain('Hello')
  expect(rung).toEqual(kept.map(({ id }) => id))
})

test('the same message to the same recipient is one row, however often a client sends it', async () => {
  const { smtp, rows } = await openAll()
  const raw = await write({})
  for (let at = 0; at < 3; at++) await hand(smtp, { to: 'programme@localhost.example', raw })
  await Promise.all([1, 2, 3].map(() => hand(smtp, { to: 'Programme@localhost.example', raw })))
  expect(await rows()).toHaveLength(1)
})

test('it is no relay: mail to others is refused with words', async () => {
  const { smtp, rows } = await openAll()
  const outcome = await hand(smtp, { to: 'somebody@elsewhere.example', raw: await write({}) })
  expect(outcome).toMatchObject({ accepted: false, code: 550, words: expect.stringContaining('5.7.1') })
  expect(await rows()).toEqual([])
})

test('the null return path and postmaster are taken', async () => {
  const { smtp, rows } = await openAll()
  expect(await hand(smtp, { from: false, to: 'bounce+x@localhost.example', raw: await write({}) })).toMatchObject({
    accepted: true,
  })
  expect(await rows()).toMatchObject([{ mail_from: '' }])
})

test('a message over 25 MB is refused with 552, by its SIZE or after its end, and the next one is taken', async () => {
  const { smtp, rows } = await openAll()
  const large = Buffer.concat([await write({}), Buffer.alloc(30 * 1024 * 1024, 'x\r\n')])
  expect(await hand(smtp, { to: 'programme@localhost.example', raw: large })).toMatchObject({
    accepted: false,
    code: 552,
  })
  expect(await rows()).toEqual([])
  expect(await hand(smtp, { to: 'programme@localhost.example', raw: await write({}) })).toMatchObject({
    accepted: true,
  })
}, 30_000)

test('a client that goes away in mid-message leaves nothing', async () => {
  const { smtp, rows } = await openAll()
  const socket = connect(Number(new URL(smtp).port), '127.0.0.1')
  const lines = [
    'EHLO x',
    'MAIL FROM:<a@b.example>',
    'RCPT TO:<programme@localhost.example>',
    'DATA',
    'Subject: half a message',
  ]
  // One line for each reply; the last is never ended.
  socket.on('data', () => (lines.length > 1 ? socket.write(`${lines.shift()}\r\n`) : socket.end(lines[0] ?? '')))
  await once(socket, 'close')
  expect(await hand(smtp, { to: 'programme@localhost.example', raw: await write({}) })).toMatchObject({
    accepted: true,
  })
  expect(await rows()).toHaveLength(1)
})

test('when the database fails the client is asked to come back', async () => {
  const { deps, smtp, rows } = await openAll()
  const { log } = keptLog()
  Object.assign(deps, { log })
  await deps.pool.query(
    `alter table incoming_messages add constraint no_cat check (rcpt_to <> 'cat@localhost.example')`,
  )
  expect(await hand(smtp, { to: 'cat@localhost.example', raw: await write({}) })).toMatchObject({
    accepted: false,
    code: 451,
  })
  expect(await rows()).toEqual([])
})

test('LMTP answers for each recipient (RFC 2033)', async () => {
  const { deps, lmtpPort, rows } = await openAll()
  await deps.pool.query(
    `alter table incoming_messages add constraint no_cat check (rcpt_to <> 'cat@localhost.example')`,
  )
  const said = await lmtp(lmtpPort, ['programme@localhost.example', 'cat@localhost.example', 'who@elsewhere.example'])
  expect(said).toMatch(/^220 .*LMTP/)
  expect(said).toMatch(/550.* 5\.7\.1/)
  expect(said.split('354 ')[1]).toMatch(/\n250 [^\n]*\n451 [^\n]*\n/)
  expect(await rows()).toMatchObject([{ source: 'lmtp', rcpt_to: 'programme@localhost.example' }])
})

/** Says all of it and gives what came back. */
function lmtp(port: number, recipients: string[]): Promise<string> {
  return new Promise((done) => {
    let said = ''
    const socket = connect(port, '127.0.0.1')
    const lines = [
      ...['LHLO mx.example', 'MAIL FROM:<ana@library.example>', ...recipients.map((to) => `RCPT TO:<${to}>`), 'DATA'],
      ...['Subject: Hello', '', 'Hello', '.', 'QUIT'],
    ]
    socket.on('data', (chunk) => {
      // A client that talks before it is greeted is sent away.
      if (said === '') socket.write(`${lines.join('\r\n')}\r\n`)
      said += chunk
    })
    socket.on('close', () => done(said.replaceAll('\r', '')))
  })
}

test('a posted message is taken with a token of the right role, or with a signature of the secret', async () => {
  const { deps, ring, rows } = await openAll()
  const app = openApiApp(deps)
  await addInboxRoutes(app, { ...deps, ring })
  const raw = await write({})
  const type = { 'content-type': 'message/rfc822' }
  const post = (headers: Record<string, string>, payload: Buffer = raw) =>
    app.inject({ method: 'POST', url: '/inbound?wait=0', headers: { ...type, ...headers }, payload })
  const sign = (at = deps.clock.now().getTime() / 1000, body = raw) =>
    `t=${at},v1=${createHmac('sha256', SECRET).update(`${at}.`).update(body).digest('hex')}`

  expect((await post({})).statusCode).toBe(401)
  expect((await post(asRole('viewer'))).statusCode).toBe(403)
  const taken = await post({
    ...asRole('director'),
    'x-envelope-from': '<ana@library.example>',
    'x-envelope-to': 'reply+x@localhost.example',
  })
  expect([taken.statusCode, taken.json()]).toMatchObject([202, { duplicate: false, state: 'received', kind: null }])
  expect(await rows()).toMatchObject([
    { source: 'http', mail_from: 'ana@library.example', rcpt_to: 'reply+x@localhost.example' },
  ])

  expect((await post({ 'x-pairpost-signature': sign() })).statusCode).toBe(202)
  const old = deps.clock.now().getTime() / 1000 - 301
  for (const [bad, words] of [
    [sign(old), 'older than 300 seconds'],
    [sign(undefined, Buffer.from('other')), 'is not right'],
    ['v1=00', 'must be t='],
    ['t=1,v1=zz', 'older'],
  ] as const) {
    const refused = await post({ 'x-pairpost-signature': bad })
    expect([refused.statusCode, refused.json().detail]).toEqual([401, expect.stringContaining(words)])
  }
  expect((await post(asRole('director'), Buffer.alloc(0))).statusCode).toBe(422)
  expect((await post(asRole('director'), Buffer.alloc(26 * 1024 * 1024))).statusCode).toBe(413)
  expect(
    (
      await app.inject({
        method: 'POST',
        url: '/inbound',
        headers: { ...asRole('director'), 'content-type': 'application/json' },
        payload: '{}',
      })
    ).statusCode,
  ).toBe(415)
  expect((await post({ ...asRole('director') })).json()).toMatchObject({ duplicate: true })
})

test('what is written to the programme in the built-in mailbox is received with it, or not at all', async () => {
  const { deps, ring, rows, rung } = await openAll()
  const mailbox = await startMailboxServer({ ...deps, reader: createMailboxReader({ ...deps, ring }) })
  onTestFinished(() => mailbox.close())
  const raw = await write({})
  await hand(mailbox.url, { to: 'autoreply@library.example', from: 'bounce+x@localhost.example', raw })
  await hand(mailbox.url, { to: ['programme@localhost.example', 'ana@library.example'], raw })
  expect(await rows()).toMatchObject([
    { source: 'mailbox', mail_from: '' },
    { source: 'mailbox', rcpt_to: 'programme@localhost.example' },
  ])
  expect(rung).toHaveLength(2)
  await deps.pool.query(
    `alter table incoming_messages add constraint no_cat check (rcpt_to <> 'cat@localhost.example')`,
  )
  const before = await countCaught(deps)
  expect(await hand(mailbox.url, { to: 'cat@localhost.example', raw })).toMatchObject({ accepted: false })
  expect(await countCaught(deps)).toBe(before)
})

const countCaught = async ({ db }: TestDeps) => (await db.selectFrom('mailbox_messages').select('id').execute()).length

test('fifty clients at once lose nothing', async () => {
  const { smtp, rows } = await openAll()
  const letters = await Promise.all(Array.from({ length: 50 }, () => write({})))
  const outcomes = await Promise.all(letters.map((raw) => sendPatiently(smtp, raw)))
  expect(outcomes.every(Boolean)).toBe(true)
  expect(await rows()).toHaveLength(50)
}, 30_000)

/** As a mail server does: told to come back later, it does. */
async function sendPatiently(url: string, raw: Buffer): Promise<boolean> {
  for (let tries = 0; tries < 20; tries++) {
    const { accepted, code = 0 } = await hand(url, { to: 'programme@localhost.example', raw })
    if (accepted) return true
    if (code >= 500) return false
  }
  return false
}
