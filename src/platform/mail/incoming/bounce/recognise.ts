import { fieldOf } from '../fields.ts'
import type { Head, IncomingContext } from '../incoming.ts'
import { isEmbeddedMessage, ownParts, type Part } from '../parts.ts'
import type { Notice } from './notice.ts'
import { BOUNCE_SUBJECT, BOUNCE_WORDS, DAEMON_LOCAL_PART, DAEMON_NAME, POSTMASTER_LOCAL_PART } from './signs.ts'

export const isStatusPart = (part: Part) => /^message\/(global-)?delivery-status$/.test(part.type)

/**
 * Structure first, then who wrote it, then what it says. A null return path alone is no sign: vacation replies have one
 * too (RFC 5230).
 * @returns the sentence that says why it is a bounce, or undefined
 */
export function recogniseBounce(
  root: Part,
  head: Head,
  notice: Notice,
  { mail_from }: Pick<IncomingContext, 'mail_from'>,
): string | undefined {
  const parts = [...ownParts(root)]
  const reportType = root.parameters.get('report-type')?.toLowerCase()
  if (parts.some(isStatusPart)) return 'It contains a delivery report (RFC 3464).'
  if (root.type === 'multipart/report' && reportType === 'delivery-status')
    return 'It says that it is a delivery report (RFC 6522).'
  if (fieldOf(root.fields, 'x-failed-recipients')) return 'It names the recipients that failed (X-Failed-Recipients).'

  const localPart = (head.from?.address ?? '').split('@')[0] as string
  const isNull = mail_from === '' || head.return_path === '' || /^mailer-daemon/i.test(head.return_path ?? '')
  const hasSubject = BOUNCE_SUBJECT.test(head.subject)
  const hasWords = BOUNCE_WORDS.test(notice.lines.slice(0, 30).join('\n'))
  const isDaemon = DAEMON_LOCAL_PART.test(localPart) || (!localPart && /mailer-daemon/i.test(fromText(root)))
  const isMailSystem = isDaemon || POSTMASTER_LOCAL_PART.test(localPart)
  // People are called so too: "System Administrator, City Library".
  const isCalledSo = DAEMON_NAME.test(head.from?.name ?? '')
  const hasReturned = notice.tail !== '' || parts.some((part) => part !== root && isEmbeddedMessage(part))

  if (isDaemon && (hasSubject || hasWords || hasReturned)) return 'A mail system wrote it (its From address).'
  if (isMailSystem && (hasSubject || hasWords)) return 'A mail system wrote it about mail that it could not deliver.'
  if (isCalledSo && (hasSubject || (hasWords && (isNull || hasReturned))))
    return 'It calls itself a mail system, and says that mail could not be delivered.'
  if (isNull && hasSubject) return 'It has the null return path and the subject of a bounce.'
  if (isNull && hasWords && hasReturned) return 'It has the null return path and returns a message that failed.'
  if (hasSubject && hasWords && hasReturned) return 'It has the subject and words of a bounce and returns a message.'
  return undefined
}

const fromText = (root: Part) => fieldOf(root.fields, 'from') ?? ''
