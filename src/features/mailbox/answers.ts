import { randomUUID } from 'node:crypto'
import MailComposer from 'nodemailer/lib/mail-composer'
import MimeNode from 'nodemailer/lib/mime-node'
import { type Head, headerBlock } from './message.ts'

/** A caught message to which something comes back. */
export interface Caught {
  mail_from: string
  rcpt_to: string
  raw: Buffer
  head: Head
  received_at: Date
}

export interface Answer {
  rcpt_to: string
  raw: Buffer
}

/**
 * What comes back for `autoreply@`, `bounce@` and `complaint@`: nothing to a null sender, since nobody may answer an
 * automatic message (RFC 3834 §2, RFC 5321 §4.5.5).
 */
export async function makeAnswer(
  kind: 'autoreply' | 'bounce' | 'complaint',
  caught: Caught,
): Promise<Answer | undefined> {
  if (caught.mail_from === '') return undefined
  if (kind === 'autoreply') return makeAutoreply(caught)
  const raw = await (kind === 'bounce' ? makeBounce(caught) : makeComplaint(caught)).build()
  return { rcpt_to: caught.mail_from, raw }
}

/** An out-of-office message as calendars' servers send it: to Reply-To where there is one. */
async function makeAutoreply({ mail_from, rcpt_to, head, received_at }: Caught): Promise<Answer> {
  const to = head.reply_to?.address ?? mail_from
  const raw = await new MailComposer({
    from: { name: head.to.find(({ address }) => sameAddress(address, rcpt_to))?.name ?? '', address: rcpt_to },
    to,
    subject: `Automatic reply: ${head.subject ?? ''}`,
    messageId: newMessageId(rcpt_to),
    date: received_at,
    ...thread(head),
    headers: { 'Auto-Submitted': 'auto-replied', 'X-Auto-Response-Suppress': 'All', Precedence: 'bulk' },
    text: 'Thank you for your message. I am out of the office until Monday and will answer when I am back.\n',
    newline: 'win',
  })
    .compile()
    .build()
  return { rcpt_to: to, raw }
}

/** RFC 3464: a delivery status notification, in the multipart/report of RFC 6522. */
function makeBounce({ mail_from, rcpt_to, raw, head, received_at }: Caught): MimeNode {
  const server = `mx.${domainOf(rcpt_to)}`
  const report = newReport('delivery-status', {
    From: `Mail Delivery System <MAILER-DAEMON@${server}>`,
    To: mail_from,
    Subject: 'Undelivered Mail Returned to Sender',
    Date: received_at.toUTCString(),
    'Message-ID': newMessageId(`x@${server}`),
    'Auto-Submitted': 'auto-replied',
    ...(head.message_id ? { 'In-Reply-To': head.message_id } : {}),
  })
  report
    .createChild('text/plain; charset=utf-8')
    .setContent(`This is the mail system at ${server}.\r\n\r\nYour message could not be delivered to ${rcpt_to}.\r\n`)
  addFields(report, 'message/delivery-status', [
    { 'Reporting-MTA': `dns; ${server}`, 'Arrival-Date': rfc5322Date(received_at) },
    {
      'Final-Recipient': `rfc822; ${rcpt_to}`,
      Action: 'failed',
      Status: '5.1.1',
      'Diagnostic-Code': `smtp; 550 5.1.1 <${rcpt_to}>: Recipient address rejected: User unknown`,
    },
  ])
  addReturnedHeaders(report, raw)
  return report
}

/** RFC 5965: an abuse report as mailbox providers send it. */
function makeComplaint({ mail_from, rcpt_to, raw, received_at }: Caught): MimeNode {
  const domain = domainOf(rcpt_to)
  const report = newReport('feedback-report', {
    From: `Feedback loop <fbl@${domain}>`,
    To: mail_from,
    Subject: 'Complaint about a message',
    Date: received_at.toUTCString(),
    'Message-ID': newMessageId(`x@${domain}`),
  })
  report
    .createChild('text/plain; charset=utf-8')
    .setContent(`A recipient at ${domain} marked a message of yours as unwanted.\r\n`)
  addFields(report, 'message/feedback-report', [
    {
      'Feedback-Type': 'abuse',
      'User-Agent': 'Pairpost-Mailbox/1',
      Version: '1',
      'Original-Mail-From': `<${mail_from}>`,
      'Original-Rcpt-To': `<${rcpt_to}>`,
      'Arrival-Date': rfc5322Date(received_at),
    },
  ])
  addReturnedHeaders(report, raw)
  return report
}

function newReport(type: string, headers: Record<string, string>): MimeNode {
  const report = new MimeNode(`multipart/report; report-type=${type}`, { newline: 'win' })
  report.setHeader(headers)
  return report
}

/** Groups of fields with an empty line between them (RFC 3464 §2.1). One line each: nothing may slip in a field. */
function addFields(report: MimeNode, type: string, groups: Record<string, string>[]): void {
  const text = groups
    .map((fields) =>
      Object.entries(fields)
        .map(([name, value]) => `${name}: ${value.replace(/[\r\n]/g, ' ')}\r\n`)
        .join(''),
    )
    .join('\r\n')
  report.createChild(type).setContent(text)
}

/** The header of the message that failed (RFC 6522 §3), by which a reader can find out which one it was. */
function addReturnedHeaders(report: MimeNode, raw: Buffer): void {
  report.createChild('text/rfc822-headers').setContent(headerBlock(raw).toString('utf8').trimEnd().concat('\r\n'))
}

/** In-Reply-To and References of an answer (RFC 5322 §3.6.4). */
export function thread(head: Head): { inReplyTo?: string; references?: string } {
  if (!head.message_id) return {}
  return { inReplyTo: head.message_id, references: `${head.references ?? ''} ${head.message_id}`.trim() }
}

export const newMessageId = (address: string) => `<${randomUUID()}@${domainOf(address)}>`

export const sameAddress = (one: string, other: string) => one.toLowerCase() === other.toLowerCase()

const domainOf = (address: string) => address.slice(address.lastIndexOf('@') + 1) || 'mailbox.invalid'

const rfc5322Date = (date: Date) => date.toUTCString().replace('GMT', '+0000')
