import { describe, expect, test } from 'vitest'
import { readIncoming } from '../../../../src/platform/mail/incoming/index.ts'
import { CONTEXT, failedGroup, OWN_ID, TOKEN, writeMail, writeReport } from './write-mail.ts'

const read = (raw: Buffer, context: Partial<typeof CONTEXT> = {}) => readIncoming(raw, { ...CONTEXT, ...context })
const NULL_PATH = { mail_from: '', rcpt_to: `bounce+${TOKEN}@programme.example` }

describe('the order of tests', () => {
  test('what nothing says a machine wrote is a reply, and may be answered', async () => {
    const reply = await read(
      writeMail('Yes, I will take part.', {
        extra: [`In-Reply-To: <${OWN_ID}>`, `References: <${OWN_ID}> <two@lib.example>`],
      }),
      { rcpt_to: `reply+${TOKEN}@programme.example` },
    )
    expect(reply).toMatchObject({
      kind: 'reply',
      never_answer: false,
      message_id: 'one@lib.example',
      in_reply_to: [OWN_ID],
      references: [OWN_ID, 'two@lib.example'],
      from: { name: 'Ana Lima', address: 'ana@lib.example' },
      subject: 'Re: 2016A',
      date: new Date('2016-03-01T09:00:00Z'),
      text: 'Yes, I will take part.\n',
      tokens: [{ purpose: 'reply', token: TOKEN, from: 'rcpt_to' }],
      own_message_ids: [OWN_ID],
      cuts: [],
    })
  })

  test('our own message that comes back is our own, whatever list it went through', async () => {
    const raw = writeMail('Hello', { extra: ['List-Id: <readers.lib.example>'] })
    const own = Buffer.from(raw.toString().replace('<one@lib.example>', `<${OWN_ID.toUpperCase()}>`))
    expect(await read(own)).toMatchObject({ kind: 'own', never_answer: true })
  })

  test('a message from our address without anything of ours in its header is a person who writes from there', async () => {
    expect((await read(writeMail('A note', { from: 'hello@programme.example' }))).kind).toBe('reply')
    const ours = writeMail('A note', {
      from: 'hello@programme.example',
      extra: ['Feedback-ID: 3:2016A:campaign:pairpost'],
    })
    expect((await read(ours)).kind).toBe('own')
  })

  test('more than fifty Received fields are a loop', async () => {
    const received = Array.from(
      { length: 51 },
      (_, hop) => `Received: from a by b id ${hop}; Tue, 1 Mar 2016 10:00:00 +0100`,
    )
    expect(await read(writeMail('Hello', { extra: received }))).toMatchObject({ kind: 'own', never_answer: true })
    expect((await read(writeMail('Hello', { extra: received.slice(1) }))).kind).toBe('reply')
  })

  test('a bounce that says it is an auto-reply is a bounce', async () => {
    const bounce = await read(
      writeReport([failedGroup('ana@lib.example', '5.1.1', '550 5.1.1 User unknown')]),
      NULL_PATH,
    )
    expect(bounce).toMatchObject({
      kind: 'bounce',
      auto_submitted: 'auto-replied',
      never_answer: true,
      report: {
        type: 'bounce',
        recipients: [{ address: 'ana@lib.example', action: 'failed', status: '5.1.1', class: 'hard', suppress: true }],
        original: { message_id: OWN_ID, to: 'ana@lib.example', subject: 'Topic 3' },
      },
      own_message_ids: [OWN_ID],
    })
    expect(bounce.tokens.map(({ purpose, from }) => `${purpose} ${from}`)).toEqual(['bounce rcpt_to', 'reply returned'])
  })

  test('a person who answers a bounce, or forwards one, wrote it', async () => {
    const bounce = writeReport([failedGroup('ana@lib.example', '5.1.1', 'x')]).toString()
    const forwarded = [
      '--f',
      'Content-Type: text/plain',
      '',
      'What is this?',
      '--f',
      'Content-Type: message/rfc822',
      '',
      bounce,
      '--f--',
    ]
    const raw = writeMail(forwarded, { subject: 'Fwd: Undelivered Mail', type: 'multipart/mixed; boundary=f' })
    expect(await read(raw)).toMatchObject({ kind: 'reply', text: 'What is this?\n' })
    const answered = writeMail('I got this:\n> could not be delivered\n> 550 User unknown', {
      subject: 'Re: Undeliverable: Topic 3',
    })
    expect((await read(answered)).kind).toBe('reply')
  })

  test('a vacation reply has the null return path and is no bounce', async () => {
    const raw = writeMail('I am away until Monday.', { subject: 'Out of office: Topic 3', extra: ['Return-Path: <>'] })
    expect(await read(raw, NULL_PATH)).toMatchObject({ kind: 'auto_reply', never_answer: true, return_path: '' })
  })

  test('what goes to an address that unsubscribes does so, also when it says that it is automatic', async () => {
    const raw = writeMail('', { subject: 'unsubscribe', extra: ['Auto-Submitted: auto-generated'] })
    expect((await read(raw, { rcpt_to: `U+${TOKEN.toUpperCase()}@programme.example` })).kind).toBe('unsubscribe')
    const byTo = writeMail('', { to: `u+${TOKEN}@programme.example` })
    expect((await read(byTo, { rcpt_to: '' })).kind).toBe('unsubscribe')
    expect((await read(byTo)).kind).toBe('reply')
  })

  test('an empty message, and one that is no mail at all, is a reply without anything in it', async () => {
    for (const raw of [Buffer.alloc(0), Buffer.from('\r\n\r\n'), Buffer.from([0xff, 0xd8, 0xff, 0, 1, 2])]) {
      expect(await read(raw)).toMatchObject({ kind: 'reply', from: null, never_answer: true })
    }
  })
})

describe('which message of ours it is about', () => {
  test('is told by addresses, the surest first, each token once', async () => {
    const [second, third] = [TOKEN.replace('a', 'b'), TOKEN.replace('a', 'c')]
    const raw = writeMail('Yes', {
      to: `Programme <reply+${third}@programme.example>, reply+${TOKEN}@programme.example, reply+${TOKEN}@other.example`,
      extra: [`Delivered-To: prvs=12=REPLY+${second.toUpperCase()}@mx.internal`, `Cc: u+${TOKEN}@programme.example`],
    })
    const { tokens } = await read(raw, { rcpt_to: `"reply+${TOKEN}"@programme.example` })
    expect(tokens.map(({ purpose, token, from }) => [purpose, token, from])).toEqual([
      ['reply', TOKEN, 'rcpt_to'],
      ['reply', second, 'delivered_to'],
      ['reply', third, 'to'],
      ['unsubscribe', TOKEN, 'cc'],
    ])
  })

  test('is told by Message-IDs where a server took the token off', async () => {
    const raw = writeMail('Yes', {
      extra: [`References: <a@lib.example>`, ` <${OWN_ID.toUpperCase()}>`, 'In-Reply-To: none'],
    })
    expect(await read(raw)).toMatchObject({ tokens: [], own_message_ids: [OWN_ID] })
  })

  test('is told by the words of a bounce that returns nothing', async () => {
    const raw = writeMail(`Could not be delivered: ana@lib.example\nMessage-ID was ${OWN_ID}`, {
      from: 'MAILER-DAEMON@mx.lib.example',
      subject: 'failure notice',
    })
    expect(await read(raw)).toMatchObject({ kind: 'bounce', own_message_ids: [OWN_ID] })
    // A person may quote anything.
    expect((await read(writeMail(`You wrote ${OWN_ID}`))).own_message_ids).toEqual([])
  })
})

describe('what may never be answered (RFC 3834 §2)', () => {
  test.each([
    ['the null return path', [], { mail_from: '' }],
    ['Auto-Submitted', ['Auto-Submitted: auto-generated'], {}],
    ['a list', ['List-Id: <l.lib.example>'], {}],
    ['Precedence: bulk', ['Precedence: bulk'], {}],
    ['Precedence: junk', ['Precedence: Junk'], {}],
    ['a wish for no automatic answer', ['X-Auto-Response-Suppress: OOF, AutoReply'], {}],
  ])('%s', async (_, extra, context) => {
    expect((await read(writeMail('Yes', { extra }), context)).never_answer).toBe(true)
  })

  test('ourselves, addresses of machines, and no address at all', async () => {
    for (const from of [
      'Hello@Programme.example',
      'noreply@lib.example',
      'owner-list@lib.example',
      'mailer-daemon@lib.example',
      '',
    ]) {
      expect((await read(writeMail('Yes', { from }))).never_answer, from).toBe(true)
    }
    expect((await read(writeMail('Yes', { extra: ['Auto-Submitted: no'] }))).never_answer).toBe(false)
  })
})

describe('its text', () => {
  test('is decoded from what the part says, and from what its octets look like when it does not', async () => {
    const head = 'From: a@lib.example\r\nContent-Type: text/plain'
    const texts: [string, Buffer, string][] = [
      [
        '; charset=iso-8859-1',
        Buffer.from('Oui, je confirme, merci à vous', 'latin1'),
        'Oui, je confirme, merci à vous',
      ],
      ['', Buffer.from('Oui, merci à vous', 'latin1'), 'Oui, merci à vous'],
      ['; charset=us-ascii', Buffer.from('はい'), 'はい'],
      ['; charset=koi8-r', Buffer.from([0xe4, 0xc1]), 'Да'],
      ['; charset=gb2312', Buffer.from([0xca, 0xc7]), '是'],
      ['', Buffer.from('\x1b$B$O$$\x1b(B', 'latin1'), 'はい'],
      ['; charset="windows-1256"', Buffer.from([0xe4, 0xda, 0xe3]), 'نعم'],
      ['; charset=no-such-charset', Buffer.from('Yes'), 'Yes'],
    ]
    for (const [type, octets, text] of texts) {
      const raw = Buffer.concat([Buffer.from(`${head}${type}\r\n\r\n`), octets])
      expect((await read(raw)).text?.trim(), type).toBe(text)
    }
  })

  test('is the first with anything in it; what is attached is listed and not read', async () => {
    const raw = writeMail(
      [
        ...['--m', 'Content-Type: multipart/alternative; boundary=a', ''],
        ...[
          '--a',
          'Content-Type: text/plain',
          '',
          ' ',
          '--a',
          'Content-Type: text/html',
          '',
          '<p>Yes</p>',
          '--a--',
          '',
        ],
        ...['--m', 'Content-Type: text/plain', '', 'Yes', ''],
        ...['--m', 'Content-Type: text/plain; name=notes.txt', 'Content-Disposition: attachment', '', 'No', ''],
        ...[
          '--m',
          "Content-Type: image/png; name*=utf-8''caf%C3%A9.png",
          'Content-Transfer-Encoding: base64',
          '',
          'AAAA',
          '',
        ],
        ...['--m', 'Content-Type: text/plain', '', '-- a list footer', '--m--'],
      ],
      { type: 'multipart/mixed; boundary="m"' },
    )
    expect(await read(raw)).toMatchObject({
      text: 'Yes\n',
      html: '<p>Yes</p>\n',
      attachments: [
        { filename: 'notes.txt', mime_type: 'text/plain' },
        { filename: 'café.png', mime_type: 'image/png', size: 3 },
      ],
    })
  })

  test('holds no NUL and no half of a surrogate pair', async () => {
    const raw = writeMail('a\0b \ud800', { subject: '=?utf-8?q?a=00b?=', from: '"A\0na" <ana@lib.example>' })
    const { text, subject, from } = await read(raw)
    expect(`${text}${subject}${from?.name}`).not.toContain('\0')
    expect(text?.isWellFormed()).toBe(true)
  })

  test('names of every script are read, also right to left ones', async () => {
    const name = 'ليلى الزهراء'
    const encoded = `=?utf-8?b?${Buffer.from(name).toString('base64')}?= <leila@lib.example>`
    for (const from of [encoded, `"${name}" <leila@lib.example>`])
      expect((await read(writeMail('نعم', { from }))).from).toEqual({ name, address: 'leila@lib.example' })
  })

  test('a boundary that got lost is found again', async () => {
    const parts = ['--gone', 'Content-Type: text/plain', '', 'Yes', '', '--gone--']
    for (const type of ['multipart/alternative', 'multipart/alternative; boundary=other'])
      expect((await read(writeMail(parts, { type }))).text, type).toBe('Yes\n')
  })
})
