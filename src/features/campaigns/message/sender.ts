import type { Mailbox } from '../../../platform/mail/message.ts'
import type { Programme } from '../../programme/index.ts'

/**
 * Who a message is from: MAIL_FROM's address under the campaign's own name, else the programme's, else MAIL_FROM's.
 * The one place that decides it, for the checks, the preview, a test and sending.
 */
export function senderOf(
  { mailFrom }: { mailFrom: string },
  programme: Pick<Programme, 'from_name'>,
  fromName: string | null,
): Mailbox {
  const [, name, address] = /^\s*"?([^"<]*?)"?\s*<([^<>]+)>\s*$/.exec(mailFrom) ?? []
  return { name: fromName || programme.from_name || name || '', address: address ?? mailFrom.trim() }
}
