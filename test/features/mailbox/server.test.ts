import PostalMime from 'postal-mime'
import { describe, expect, test } from 'vitest'
import { faultOf, MAGIC_PARTS } from '../../../src/features/mailbox/faults.ts'
import { countMailboxMessages } from '../../../src/features/mailbox/index.ts'
import { hand, handMany, listMailbox, openMailbox } from './dialogue.ts'

const MESSAGE = [
  'From: Pairpost <programme@programme.example>',
  'Reply-To: reply+abc@programme.example',
  'To: Ana Lima <ana@lib.example>',
  'Subject: Topic 1',
  'Message-ID: <one@programme.example>',
  '',
  'Hello Ana',
  '',
].join('\r\n')

describe('the mailbox server', () => {
  test('a 250 means a stored message with its raw bytes, once per recipient', async () => {
    const { deps, server, app } = await openMailbox()
    const outcome = await hand(server.url, { to: ['ana@lib.example', 'ben@uni.example'], raw: MESSAGE })
    expect(outcome).toMatchObject({ accepted: true, code: 250 })
    expect(await listMailbox(app)).toMatchObject([
      { to: 'ana@lib.example', subject: 'Topic 1', message_id: '<one@programme.example>', direction: 'to_participant' },
      { to: 'ben@uni.example', from: 'Pairpost <programme@programme.example>' },
    ])
    const rows = await deps.db.selectFrom('mailbox_messages').select('raw').execute()
    expect(rows.map(({ raw }) => raw.toString())).toEqual([MESSAGE, MESSAGE])
  })

  test.each([
    ['tempfail@lib.example', 451, '4.3.0'],
    ['tempfail+7@lib.example', 451, '4.3.0'],
    ['TempFail.12@lib.example', 451, '4.3.0'],
    ['permfail@lib.example', 550, '5.7.1'],
    ['refused@lib.example', 550, '5.1.1'],
    ['550-5.1.1@lib.example', 550, '5.1.1'],
    ['452-4.5.3@lib.example', 452, '4.5.3'],
    ['550-5.4.5.3@lib.example', 550, '5.4.5'],
    ['421@lib.example', 421, '4.7.0'],
    ['tempfail-data@lib.example', 451, '4.3.0'],
    ['permfail-data.9@lib.example', 554, '5.7.1'],
  ])('%s is answered %i %s, and nothing is stored', async (to, code, enhanced) => {
    const { deps, server } = await openMailbox()
    const outcome = await hand(server.url, { to })
    expect(outcome).toMatchObject({ accepted: false, code })
    expect(outcome.words).toContain(enhanced)
    expect(await countMailboxMessages(deps.db)).toBe(0)
  })

  test('tempfail-once is refused the first time only, each address by itself', async () => {
    const { server } = await openMailbox()
    expect(await hand(server.url, { to: 'tempfail-once+1@lib.example' })).toMatchObject({ accepted: false, code: 451 })
    expect(await hand(server.url, { to: 'tempfail-once+1@LIB.example' })).toMatchObject({ accepted: true })
    expect(await hand(server.url, { to: 'tempfail-once+2@lib.example' })).toMatchObject({ accepted: false, code: 451 })
  })

  test.each(['drop-after-dot@lib.example', 'drop-after-dot.7@lib.example', 'garbage-after-dot@lib.example'])(
    '%s takes the message without a reply that can be read',
    async (to) => {
      const { server, app } = await openMailbox()
      const outcome = await hand(server.url, { to, raw: MESSAGE })
      expect(outcome.accepted).toBe(false)
      expect(outcome.code || undefined).toBeUndefined()
      expect(await listMailbox(app)).toMatchObject([{ to, subject: 'Topic 1' }])
    },
  )

  test('slow waits three seconds with its reply', async () => {
    const { server, waited } = await openMailbox()
    expect(await hand(server.url, { to: 'slow@lib.example' })).toMatchObject({ accepted: true })
    expect(waited).toEqual([3000])
  })

  test('autoreply brings an out-of-office message to Reply-To', async () => {
    const { deps, server, app, replies } = await openMailbox()
    await hand(server.url, { to: 'autoreply@lib.example', raw: MESSAGE.replace('ana@', 'autoreply@') })
    expect(await listMailbox(app, '?direction=to_programme')).toMatchObject([
      { to: 'reply+abc@programme.example', envelope_from: '', from: 'Ana Lima <autoreply@lib.example>' },
    ])
    const email = await newest(deps.db)
    expect(headers(email)).toMatchObject({
      'auto-submitted': 'auto-replied',
      'in-reply-to': '<one@programme.example>',
      references: '<one@programme.example>',
    })
    expect(email.subject).toBe('Automatic reply: Topic 1')
    expect(replies()).toBe(1)
  })

  test('bounce brings a delivery status report to the envelope sender', async () => {
    const { deps, server, app } = await openMailbox()
    await hand(server.url, { to: 'bounce@lib.example', raw: MESSAGE })
    expect(await listMailbox(app, '?direction=to_programme')).toMatchObject([
      { to: 'bounce+token@programme.example', envelope_from: '', subject: 'Undelivered Mail Returned to Sender' },
    ])
    const { raw } = await newestRow(deps.db)
    const text = raw.toString()
    expect(text).toMatch(/^Content-Type: multipart\/report; report-type=delivery-status;\r\n boundary=/im)
    expect(text).toContain('Content-Type: message/delivery-status\r\n')
    expect(text).toMatch(
      /\r\n\r\nReporting-MTA: dns; mx\.lib\.example\r\nArrival-Date: [^\r]+\+0000\r\n\r\nFinal-Recipient: rfc822; bounce@lib\.example\r\nAction: failed\r\nStatus: 5\.1\.1\r\n/,
    )
    expect(text).toMatch(/Content-Type: text\/rfc822-headers\r\n[\s\S]*Message-ID: <one@programme\.example>/)
    const email = await PostalMime.parse(raw)
    expect(email.attachments.map(({ mimeType }) => mimeType)).toContain('message/delivery-status')
  })

  test('complaint brings an abuse report', async () => {
    const { deps, server } = await openMailbox()
    await hand(server.url, { to: 'complaint+x@lib.example', raw: MESSAGE })
    const text = (await newestRow(deps.db)).raw.toString()
    expect(text).toMatch(/^Content-Type: multipart\/report; report-type=feedback-report;/im)
    expect(text).toMatch(/\r\n\r\nFeedback-Type: abuse\r\nUser-Agent: [^\r]+\r\nVersion: 1\r\n/)
    expect(text).toContain('Original-Rcpt-To: <complaint+x@lib.example>\r\n')
    expect(text).toContain('Original-Mail-From: <bounce+token@programme.example>\r\n')
  })

  test('nothing comes back to a null sender', async () => {
    const { deps, server } = await openMailbox()
    for (const part of ['autoreply', 'bounce', 'complaint']) {
      await hand(server.url, { to: `${part}@lib.example`, from: false, raw: MESSAGE })
    }
    expect(await countMailboxMessages(deps.db, { direction: 'to_programme' })).toBe(0)
    expect(await countMailboxMessages(deps.db)).toBe(3)
  })

  test('mail to the programme is kept as such and never fails on request', async () => {
    const { server, app, replies } = await openMailbox()
    for (const to of ['reply+tok@PROGRAMME.example', 'bounce+tok@programme.example']) {
      expect(await hand(server.url, { to, from: 'ana@lib.example' })).toMatchObject({ accepted: true })
    }
    expect((await listMailbox(app)).map(({ direction }) => direction)).toEqual(['to_programme', 'to_programme'])
    expect(replies()).toBe(2)
  })

  test('every documented part is a fault, and an ordinary address is not', () => {
    for (const { part, fault } of MAGIC_PARTS) {
      expect(faultOf(`${part}@lib.example`)).toBe(fault)
      expect(faultOf(`${part}+1@lib.example`)).toBe(fault)
      expect(faultOf(`${part}.1@lib.example`)).toBe(fault)
    }
    for (const address of [
      'slowly@lib.example',
      'ana.slow@lib.example',
      'bounce.ana@lib.example',
      '200-2.0.0@x.example',
    ]) {
      expect(faultOf(address)).toBeUndefined()
    }
  })

  test('more than 25 MB is refused and not stored; the connection stays usable for others', async () => {
    const { deps, server } = await openMailbox()
    const raw = Buffer.alloc(26 * 1024 * 1024, 'x'.repeat(70).concat('\r\n'))
    expect(await hand(server.url, { to: 'ana@lib.example', raw })).toMatchObject({ accepted: false, code: 552 })
    expect(await countMailboxMessages(deps.db)).toBe(0)
    expect(await hand(server.url, { to: 'ana@lib.example' })).toMatchObject({ accepted: true })
  })

  test('an endless address is refused', async () => {
    const { server } = await openMailbox()
    const outcome = await hand(server.url, { to: `${'a'.repeat(3000)}@lib.example` })
    expect(outcome).toMatchObject({ accepted: false, code: 501 })
  })

  test('a NUL in the subject does not lose the message, nor those stored with it', async () => {
    const { deps, server } = await openMailbox()
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        hand(server.url, { to: `a${index}@lib.example`, raw: `Subject: a\0b${index}\r\nMessage-ID: <\0>\r\n\r\n\0` }),
      ),
    )
    expect(outcomes.every(({ accepted }) => accepted)).toBe(true)
    expect(await countMailboxMessages(deps.db)).toBe(20)
  })

  test('when the row cannot be written the answer is 451, never 250', async () => {
    const { deps, server } = await openMailbox()
    await deps.pool.query("alter table mailbox_messages add constraint no_ben check (rcpt_to <> 'ben@lib.example')")
    const to = ['ana@lib.example', 'ben@lib.example', 'eva@lib.example']
    const outcomes = await Promise.all(to.map((address) => hand(server.url, { to: address })))
    expect(outcomes.map(({ code }) => code)).toEqual([250, 451, 250])
  })

  test('a whole round is caught in a few seconds', async () => {
    const { deps, server } = await openMailbox()
    const raw = MESSAGE + 'A line of a topic email that fills the page.\r\n'.repeat(400)
    const count = 1267
    const started = performance.now()
    await handMany(
      server.url,
      raw,
      Array.from({ length: count }, (_, index) => `person.${index}@lib.example`),
    )
    expect(await countMailboxMessages(deps.db)).toBe(count)
    expect(performance.now() - started).toBeLessThan(15_000)
  })
})

type Db = Awaited<ReturnType<typeof openMailbox>>['deps']['db']

const newestRow = (db: Db) =>
  db.selectFrom('mailbox_messages').select('raw').orderBy('id', 'desc').limit(1).executeTakeFirstOrThrow()

const newest = async (db: Db) => PostalMime.parse((await newestRow(db)).raw)

const headers = (email: Awaited<ReturnType<typeof newest>>) =>
  Object.fromEntries(email.headers.map(({ key, value }) => [key, value]))
