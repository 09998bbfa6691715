import { describe, expect, test } from 'vitest'
import { readIncoming } from '../../../../src/platform/mail/incoming/index.ts'
import { CONTEXT, OWN_ID, TOKEN, writeMail } from './write-mail.ts'

const RETURNED = [
  `Message-ID: <${OWN_ID}>`,
  `Reply-To: reply+${TOKEN}@programme.example`,
  'From: hello@programme.example',
  'To: ana@lib.example',
  'Subject: Topic 3',
]

function writeComplaint(report: string[], returned = RETURNED): Buffer {
  return writeMail(
    [
      ...['--f', 'Content-Type: text/plain', '', 'This is an email abuse report.', '', '--f'],
      ...['Content-Type: message/feedback-report', '', ...report, ''],
      ...['--f', 'Content-Type: message/rfc822', '', ...returned, '', 'Hello', '--f--'],
    ],
    { from: 'feedback@arf.isp.example', type: 'multipart/report; report-type=feedback-report; boundary=f' },
  )
}

describe('a complaint', () => {
  test('by a feedback report names who complained, and our message', async () => {
    const raw = writeComplaint([
      'Feedback-Type: abuse',
      'User-Agent: SomeProvider/1.0',
      'Version: 1',
      'Original-Rcpt-To: <ANA@lib.example>',
    ])
    expect(await readIncoming(raw, CONTEXT)).toMatchObject({
      kind: 'complaint',
      never_answer: true,
      report: {
        type: 'complaint',
        feedback_type: 'abuse',
        recipients: [{ address: 'ana@lib.example', action: 'delivered', suppress: true }],
        original: { message_id: OWN_ID },
      },
      tokens: [{ purpose: 'reply', token: TOKEN, from: 'returned' }],
      own_message_ids: [OWN_ID],
    })
  })

  test('with its address taken out is still known by our message', async () => {
    const returned = RETURNED.map((line) => (line.startsWith('To:') ? 'To: <redacted>' : line))
    const { report, own_message_ids } = await readIncoming(writeComplaint(['Feedback-Type: abuse'], returned), CONTEXT)
    expect(report?.recipients).toMatchObject([{ address: null, suppress: true }])
    expect(own_message_ids).toEqual([OWN_ID])
  })

  test.each(['not-spam', 'auth-failure'])('a report of %s suppresses nobody', async (type) => {
    const { kind, report } = await readIncoming(
      writeComplaint([`Feedback-Type: ${type}`, 'Original-Rcpt-To: ana@lib.example']),
      CONTEXT,
    )
    expect({ kind, type: report?.feedback_type }).toEqual({ kind: 'complaint', type })
    expect(report?.recipients[0]?.suppress).toBe(false)
  })

  test('in the shape of Outlook.com, which has no report', async () => {
    const returned = ['X-HmXmrOriginalRecipient: ana@hotmail.example', ...RETURNED]
    const raw = writeMail(['--j', 'Content-Type: message/rfc822', '', ...returned, '', 'Hello', '--j--'], {
      from: 'staff@hotmail.com',
      subject: 'complaint about message from 192.0.2.1',
      type: 'multipart/mixed; boundary=j',
    })
    expect(await readIncoming(raw, CONTEXT)).toMatchObject({
      kind: 'complaint',
      report: { recipients: [{ address: 'ana@hotmail.example', suppress: true }] },
      own_message_ids: [OWN_ID],
    })
  })

  test('as our own message, sent back from the address of a provider', async () => {
    const raw = Buffer.from([...RETURNED, '', 'Hello'].join('\r\n'))
    const { kind, report } = await readIncoming(raw, { ...CONTEXT, mail_from: 'staff@hotmail.com' })
    expect({ kind, address: report?.recipients[0]?.address }).toEqual({ kind: 'complaint', address: 'ana@lib.example' })
    expect((await readIncoming(raw, CONTEXT)).kind).toBe('own')
  })

  test('somebody who forwards a message and complains wrote it', async () => {
    const raw = writeMail(
      [
        '--j',
        'Content-Type: text/plain',
        '',
        'This is spam!',
        '--j',
        'Content-Type: message/rfc822',
        '',
        ...RETURNED,
        '',
        'Hello',
        '--j--',
      ],
      {
        subject: 'complaint about message',
        type: 'multipart/mixed; boundary=j',
      },
    )
    expect((await readIncoming(raw, CONTEXT)).kind).toBe('reply')
  })
})
