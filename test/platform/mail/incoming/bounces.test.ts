import { describe, expect, test } from 'vitest'
import { readIncoming } from '../../../../src/platform/mail/incoming/index.ts'
import { CONTEXT, failedGroup, OWN_ID, TOKEN, writeMail, writeReport } from './write-mail.ts'

const NULL_PATH = { ...CONTEXT, mail_from: '', rcpt_to: `bounce+${TOKEN}@programme.example` }

async function recipientsOf(raw: Buffer) {
  const { kind, report } = await readIncoming(raw, NULL_PATH)
  expect(kind).toBe('bounce')
  return report?.recipients ?? []
}

const RETURNED = [
  'Received: from programme.example',
  `Message-ID: <${OWN_ID}>`,
  'From: hello@programme.example',
  'To: ana@lib.example',
  'Subject: Topic 3',
]

describe('a delivery report', () => {
  test('has a row for every recipient, each with its own verdict', async () => {
    const rows = await recipientsOf(
      writeReport([
        failedGroup('ana@lib.example', '5.1.1', '550 5.1.1 <ana@lib.example>: User unknown'),
        failedGroup('ben@lib.example', '5.2.2', '552 5.2.2 Mailbox full'),
        [
          'Final-Recipient: rfc822; cy@lib.example',
          'Action: delayed',
          'Status: 4.4.1',
          'Diagnostic-Code: smtp; connection timed out',
        ],
        ['Final-Recipient: rfc822; di@lib.example', 'Action: relayed', 'Status: 2.0.0'],
        ['Final-Recipient: rfc822; ed@lib.example', 'Action: delivered', 'Status: 2.1.5'],
        ['Final-Recipient: rfc822; list@lib.example', 'Action: expanded', 'Status: 2.0.0'],
      ]),
    )
    expect(rows.map(({ address, action, class: found, suppress }) => [address, action, found, suppress])).toEqual([
      ['ana@lib.example', 'failed', 'hard', true],
      ['ben@lib.example', 'failed', 'full', false],
      ['cy@lib.example', 'delayed', 'soft', false],
      ['di@lib.example', 'relayed', 'success', false],
      ['ed@lib.example', 'delivered', 'success', false],
      ['list@lib.example', 'expanded', 'success', false],
    ])
  })

  test('is read without the empty lines between its groups, folded, in capitals and with comments', async () => {
    const [first, second] = await recipientsOf(
      writeReport([
        [
          'FINAL-RECIPIENT: RFC822;<ANA@LIB.example>',
          'ACTION: Failed (we gave up)',
          'STATUS: 5.1.1 (no such mailbox)',
          'Final-Recipient: rfc822; ben@lib.example',
          'Action: failed',
          'Status: 5.0.0',
          'Diagnostic-Code: smtp; 550',
          '   No such user here',
        ],
      ]),
    )
    expect(first).toMatchObject({ address: 'ana@lib.example', status: '5.1.1', suppress: true })
    expect(second).toMatchObject({ address: 'ben@lib.example', diagnostic: '550 No such user here', suppress: true })
  })

  test('names the address we wrote to, and that something behind it is gone says nothing against it', async () => {
    const [row] = await recipientsOf(
      writeReport([
        [
          'Original-Recipient: rfc822; office@lib.example',
          ...failedGroup('ana@home.example', '5.1.1', '550 5.1.1 User unknown'),
        ],
      ]),
    )
    expect(row).toMatchObject({ address: 'office@lib.example', class: 'soft', suppress: false })
    const [same] = await recipientsOf(
      writeReport([
        ['Original-Recipient: rfc822; ana@lib.example', ...failedGroup('ana@mx.lib.example', '5.1.1', 'User unknown')],
      ]),
    )
    expect(same).toMatchObject({ address: 'ana@lib.example', suppress: true })
  })

  test('with more recipients than a message of ours can have is cut', async () => {
    const groups = Array.from({ length: 5000 }, (_, at) => failedGroup(`a${at}@lib.example`, '5.1.1', 'x'))
    expect(await recipientsOf(writeReport(groups))).toHaveLength(100)
  })
})

describe('what failed, and whether the address is gone', () => {
  const cases: [words: string, status: string, found: string][] = [
    ['550 5.1.1 <ana@lib.example>: Recipient address rejected: User unknown in local recipient table', '5.1.1', 'hard'],
    ['550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup', '5.1.10', 'hard'],
    ['550 No such user here', '5.0.0', 'hard'],
    ["554 delivery error: dd This user doesn't have a lib.example account (ana@lib.example) [0]", '5.0.0', 'hard'],
    ['550 The email account that you tried to reach does not exist. Please try again', '5.0.0', 'hard'],
    ['Host or domain name not found. Name service error for name=lib.example type=A: Host not found', '5.4.4', 'hard'],
    ['550 5.1.6 The recipient has moved', '5.1.6', 'hard'],
    ['550 Destinataire inconnu', '5.0.0', 'hard'],
    ['550 El usuario no existe', '5.0.0', 'hard'],
    ['550 Пользователь не найден', '5.0.0', 'hard'],
    ['550 Empfänger unbekannt', '5.0.0', 'hard'],
    ['550 用户不存在', '5.0.0', 'hard'],
    ['552 5.1.1 sorry, mailbox ana@lib.example is over quota temporarily', '5.1.1', 'full'],
    ['552 5.2.2 The user you are trying to contact is over quota', '5.2.2', 'full'],
    ['552 5.3.4 Message size exceeds fixed limit', '5.3.4', 'full'],
    ['550 Boîte du destinataire pleine', '5.0.0', 'full'],
    ['550 5.7.1 Message rejected due to local policy: SPAM', '5.7.1', 'policy'],
    ['550 5.7.26 This mail has been blocked because the sender is unauthenticated (DMARC)', '5.7.26', 'policy'],
    ['550 5.1.8 Sender address rejected: Domain not found', '5.1.8', 'policy'],
    ['554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.example.org', '5.7.1', 'blocked'],
    ['550 Access from ip address 192.0.2.1 blocked, see a black list', '5.0.0', 'blocked'],
    ['550 5.2.1 The email account that you tried to reach is disabled', '5.2.1', 'soft'],
    ['421 4.7.0 Greylisted, try again later', '4.7.0', 'soft'],
    ['450 4.1.1 <ana@lib.example>: Recipient address rejected: User unknown', '4.1.1', 'soft'],
    ['554 5.4.14 Hop count exceeded - possible mail loop', '5.4.14', 'soft'],
    // The reader's own filter, after it read the message: the address is there.
    ['550 5.2.0 User unknown', '5.2.0', 'policy'],
    ['550 5.7.1 <ana@lib.example>: Recipient address rejected: User unknown', '5.7.1', 'policy'],
    ['550 Requested action not taken: mailbox unavailable', '5.0.0', 'unknown'],
    ['550 Rejected', '5.0.0', 'unknown'],
    ['', '5.0.0', 'unknown'],
    // What a page or a host is called are no words of the server.
    ['550 5.0.0 Rejected. See https://mail.example.org/spam/user-unknown', '5.0.0', 'unknown'],
  ]
  test.each(cases)('%s', async (words, status, found) => {
    const [row] = await recipientsOf(writeReport([failedGroup('ana@lib.example', status, words)], 'It failed.'))
    expect(row).toMatchObject({ class: found, suppress: found === 'hard' })
  })

  test('a code that is no code is not read as one', async () => {
    const raw = writeReport([
      [
        'Final-Recipient: rfc822; ana@lib.example',
        'Action: failed',
        'Diagnostic-Code: smtp; host 5.1.1.7 id 15.1.112.19 said no',
      ],
    ])
    expect((await recipientsOf(raw))[0]).toMatchObject({ status: null, suppress: false })
  })

  test('the notice is heard where the report tells nothing', async () => {
    const raw = writeReport(
      [['Final-Recipient: rfc822; ana@lib.example', 'Action: failed', 'Status: 5.0.0']],
      'ana@lib.example: no such user',
    )
    expect((await recipientsOf(raw))[0]).toMatchObject({
      class: 'hard',
      suppress: true,
      diagnostic: expect.stringContaining('no such user'),
    })
  })
})

/** Notices as mail systems write them, made up after their form; each about ana@lib.example. */
const DIALECTS: Record<string, { from?: string; subject: string; extra?: string[]; body: string[]; expected: object }> =
  {
    exim: {
      from: 'Mail Delivery System <Mailer-Daemon@mx.example.net>',
      subject: 'Mail delivery failed: returning message to sender',
      extra: ['X-Failed-Recipients: ana@lib.example', 'Auto-Submitted: auto-replied'],
      body: [
        'This message was created automatically by mail delivery software.',
        '',
        '  ana@lib.example',
        '    host mx.lib.example [192.0.2.3]',
        '    SMTP error from remote mail server after RCPT TO:<ana@lib.example>:',
        '    550-5.1.1 no mailbox',
        '    550 5.1.1 User unknown',
        '',
        '------ This is a copy of the message, including all the headers. ------',
      ],
      expected: { action: 'failed', status: '5.1.1', class: 'hard' },
    },
    'exim, delayed': {
      from: 'Mail Delivery System <Mailer-Daemon@mx.example.net>',
      subject: 'Warning: message 1abc delayed 24 hours',
      body: [
        'A message that you sent has not yet been delivered.',
        '',
        '  ana@lib.example',
        '    Delay reason: Connection timed out',
      ],
      expected: { action: 'delayed', class: 'soft' },
    },
    qmail: {
      from: 'MAILER-DAEMON@mx.example.net',
      subject: 'failure notice',
      body: [
        'Hi. This is the qmail-send program at mx.example.net.',
        "I'm afraid I wasn't able to deliver your message to the following addresses.",
        '',
        '<ana@lib.example>:',
        'Sorry, no mailbox here by that name. (#5.1.1)',
        '',
        '--- Below this line is a copy of the message.',
      ],
      expected: { action: 'failed', status: '5.1.1', class: 'hard' },
    },
    'sendmail, old': {
      from: 'Mail Delivery Subsystem <MAILER-DAEMON@mx.example.net>',
      subject: 'Returned mail: User unknown',
      body: [
        '   ----- Transcript of session follows -----',
        '... while talking to mx.lib.example.:',
        '>>> RCPT To:<ana@lib.example>',
        '<<< 550 no such person',
        '550 5.1.1 <ana@lib.example>... User unknown',
        '',
        '   ----- Unsent message follows -----',
      ],
      expected: { action: 'failed', status: '5.1.1', class: 'hard' },
    },
    'Exchange, in German': {
      from: 'Systemadministrator <postmaster@lib.example>',
      subject: 'Unzustellbar: Topic 3',
      body: [
        'Ihre Nachricht konnte nicht zugestellt werden.',
        '',
        '  ana@lib.example',
        '  Der Empfänger ist unbekannt. #5.1.1',
      ],
      expected: { action: 'failed', status: '5.1.1', class: 'hard' },
    },
    'Mail.Ru': {
      from: 'mailer-daemon@corp.example.ru',
      subject: `=?utf-8?b?${Buffer.from('Ваше сообщение не доставлено').toString('base64')}?=`,
      body: [
        'К сожалению, Ваше письмо не может быть доставлено:',
        '',
        '  ana@lib.example',
        '    mailbox is full: retry timeout exceeded',
      ],
      expected: { action: 'failed', class: 'full' },
    },
    'a Japanese telephone company': {
      from: 'Postmaster@mobile.example.jp',
      subject: 'Mail System Error - Returned Mail',
      body: [
        '次のあて先へのメッセージはエラーのため送信できませんでした。',
        '宛先が見つかりません',
        '',
        '<ana@lib.example>',
      ],
      expected: { action: 'failed', class: 'hard' },
    },
    'a server that writes pages': {
      from: 'Mail Delivery System <postmaster@mx.example.net>',
      subject: 'Undeliverable: Topic 3',
      extra: ['Content-Type: text/html'],
      body: [
        '<html><body><p>Delivery has failed to these recipients:</p><p><a href="mailto:ana@lib.example">ana@lib.example</a><br>',
        'The mailbox is full.</p></body></html>',
      ],
      expected: { action: 'failed', class: 'full' },
    },
    'one that names it at the end of a line': {
      from: 'postmaster@lib.example',
      subject: 'Undeliverable Mail',
      body: ['User mailbox exceeds allowed size: ana@lib.example', '', 'Original message follows.', ''],
      expected: { action: 'failed', class: 'full' },
    },
  }

describe('a bounce that is no delivery report', () => {
  test.each(Object.entries(DIALECTS))('of %s', async (_, { from, subject, extra, body, expected }) => {
    const raw = writeMail([...body, ...RETURNED, '', 'Hello'], {
      subject,
      ...(from ? { from } : {}),
      ...(extra ? { extra } : {}),
    })
    const { kind, report, own_message_ids } = await readIncoming(raw, NULL_PATH)
    expect({ kind, recipients: report?.recipients }).toMatchObject({
      kind: 'bounce',
      recipients: [{ address: 'ana@lib.example', ...expected }],
    })
    if (subject !== 'Undeliverable: Topic 3') expect(own_message_ids).toEqual([OWN_ID])
  })

  test('without any address is about whom the returned message was to', async () => {
    const raw = writeMail(['It could not be delivered.', '', '--- original message ---', ...RETURNED, '', 'Hi'], {
      from: 'MAILER-DAEMON@mx.example.net',
      subject: 'failure notice',
    })
    expect((await recipientsOf(raw))[0]).toMatchObject({
      address: 'ana@lib.example',
      class: 'unknown',
      suppress: false,
    })
  })

  test('never takes our own addresses, or a helper, for the recipient', async () => {
    const raw = writeMail(
      [
        'Could not be delivered.',
        'support@isp.example',
        'hello@programme.example',
        `bounce+${TOKEN}@programme.example`,
      ],
      { from: 'MAILER-DAEMON@mx.example.net', subject: 'failure notice' },
    )
    expect((await recipientsOf(raw)).map(({ address }) => address)).toEqual([null])
  })
})
