import type { IncomingContext } from '../../../../src/platform/mail/incoming/index.ts'

export const CONTEXT: IncomingContext = {
  mail_from: 'ana@lib.example',
  rcpt_to: 'hello@programme.example',
  own_domain: 'programme.example',
  own_addresses: ['hello@programme.example'],
}

/** A token of the right form; whether its signature is right is not looked at here. */
export const TOKEN = 'abcdefghijklmnopqrstuvwxyz23'
export const OWN_ID = `17.${TOKEN}@programme.example`

interface MailFields {
  from?: string
  to?: string
  subject?: string
  type?: string
  extra?: string[]
}

/** A message with CRLF line ends; `body` may be lines. */
export function writeMail(body: string | string[], fields: MailFields = {}): Buffer {
  const {
    from = 'Ana Lima <ana@lib.example>',
    to = 'hello@programme.example',
    subject = 'Re: 2016A',
    extra = [],
  } = fields
  const lines = typeof body === 'string' ? body.split('\n') : body
  return Buffer.from(
    [
      `From: ${from}`,
      `To: ${to}`,
      `Subject: ${subject}`,
      'Date: Tue, 1 Mar 2016 10:00:00 +0100',
      'Message-ID: <one@lib.example>',
      'MIME-Version: 1.0',
      ...extra,
      `Content-Type: ${fields.type ?? 'text/plain; charset=utf-8'}`,
      '',
      ...lines,
      '',
    ].join('\r\n'),
  )
}

/** A delivery report as RFC 3464 has it, about our own message. */
export function writeReport(groups: string[][], notice = 'Your message could not be delivered.'): Buffer {
  return writeMail(
    [
      '--r',
      'Content-Type: text/plain',
      '',
      notice,
      '',
      '--r',
      'Content-Type: message/delivery-status',
      '',
      'Reporting-MTA: dns; mx.lib.example',
      ...groups.flatMap((group) => ['', ...group]),
      '',
      '--r',
      'Content-Type: message/rfc822',
      '',
      `Return-Path: <bounce+${TOKEN}@programme.example>`,
      `Reply-To: reply+${TOKEN}@programme.example`,
      `Message-ID: <${OWN_ID}>`,
      'From: Programme <hello@programme.example>',
      'To: Ana Lima <ana@lib.example>',
      'Subject: Topic 3',
      '',
      'Hello',
      '--r--',
    ],
    {
      from: 'MAILER-DAEMON@mx.lib.example',
      to: `bounce+${TOKEN}@programme.example`,
      subject: 'Undelivered Mail Returned to Sender',
      type: 'multipart/report; report-type=delivery-status; boundary=r',
      extra: ['Auto-Submitted: auto-replied', 'Return-Path: <>'],
    },
  )
}

export const failedGroup = (address: string, status: string, diagnostic: string) => [
  `Final-Recipient: rfc822; ${address}`,
  'Action: failed',
  `Status: ${status}`,
  `Diagnostic-Code: smtp; ${diagnostic}`,
]
