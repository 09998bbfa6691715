import { type Returned, readReturned, returnedOf } from './bounce/index.ts'
import { RECIPIENTS } from './caps.ts'
import type { Decoder } from './decode.ts'
import { type Field, fieldOf, parseFields, valuesOf } from './fields.ts'
import { readAddresses, readMessageIds } from './head.ts'
import type { Head, Report, ReportRecipient } from './incoming.ts'
import { allParts, isEmbeddedMessage, ownParts, type Part } from './parts.ts'

export interface Complaint {
  why: string
  report: Report
  returned: Returned | undefined
}

/** Who sends complaints without a feedback report, and how their subject begins. The message itself is attached. */
const SENDERS =
  /^(staff@hotmail\.com|scomp@aol\.(net|com)|.+@(.+\.)?(fbl|feedback-?loop|arf|jmrp)\b.*|(feedback|feedbackloop|fbl|fbl-no-?reply|jmrp|complaints?)@.+)$/i
const SUBJECT =
  /^\W*((complaint about message from|(e-?mail )?feedback report|abuse report|spam (report|complaint)|junk (mail|e-?mail) report)\b|\w+ abuse report)/i
/** Put by Outlook.com into the message that somebody called junk. */
const JUNK_FIELDS = ['x-hmxmroriginalrecipient', 'x-originalarrivaltime-jmrp']

/** RFC 5965, RFC 6430 and IANA's registry: these say something else than "I do not want this". */
const NO_COMPLAINTS = /^(not-spam|auth-failure|dmarc|dkim|miscategorized)$/

/** Such mail may be our own message as it was, sent back from the provider's address. */
export const isComplaintSender = (mailFrom: string) => /^(staff@hotmail\.com|scomp@aol\.(net|com))$/i.test(mailFrom)

/** A reader's complaint: as a feedback report (RFC 5965), or in the shape of a provider that has its own. */
export async function readComplaint(
  root: Part,
  head: Head,
  mailFrom: string,
  decoder: Decoder,
): Promise<Complaint | undefined> {
  const part = [...ownParts(root)].find(({ type }) => type === 'message/feedback-report')
  const returned = await readReturned(root, decoder, '')
  if (part) {
    const fields = parseFields((await decoder.decodeText(part)).replace(/\n[ \t]*\n/g, '\n'))
    const type = (fieldOf(fields, 'feedback-type') ?? 'abuse').toLowerCase().replace(/[^a-z-]/g, '') || 'abuse'
    return {
      why: `It contains a feedback report (RFC 5965): ${type}.`,
      returned,
      report: reportOf(type, fields, returned),
    }
  }
  if (isComplaintSender(mailFrom) && !SENDERS.test(head.from?.address ?? '')) {
    const itself = returnedOf(root.fields)
    const why = 'A provider sends our own message back: its reader complained about it.'
    return { why, returned: itself, report: reportOf('abuse', [], itself) }
  }
  if (!returned) return undefined
  const hasJunkField = JUNK_FIELDS.some((name) => fieldOf(returned.fields, name))
  const isReport = SENDERS.test(head.from?.address ?? '') && SUBJECT.test(head.subject)
  const hasMessage = [...allParts(root)].some((one) => one !== root && isEmbeddedMessage(one))
  if (!(isReport || hasJunkField) || !hasMessage) return undefined
  const why = hasJunkField
    ? 'Outlook.com returns a message that its reader called junk.'
    : 'A provider returns a message that its reader complained about.'
  return { why, returned, report: reportOf('abuse', [], returned) }
}

function reportOf(type: string, fields: Field[], returned: Returned | undefined): Report {
  const named = valuesOf(fields, 'original-rcpt-to', 'removal-recipient', 'redacted-address')
  const inMessage = returned ? valuesOf(returned.fields, 'x-hmxmroriginalrecipient') : []
  const to = returned ? valuesOf(returned.fields, 'to').slice(0, 1) : []
  const first = [named, inMessage, to].map(addressesOf).find((addresses) => addresses.length > 0) ?? []
  const suppress = !NO_COMPLAINTS.test(type)
  const base = { action: 'delivered', status: null, class: 'success', suppress } as const
  const recipients: ReportRecipient[] = (first.length ? first : [null]).map((address) => ({
    address,
    ...base,
    diagnostic: (fieldOf(fields, 'user-agent') ?? '').slice(0, 200),
  }))
  const reported = readMessageIds(fieldOf(fields, 'original-message-id') ?? '')[0] ?? null
  const original = returned?.message ?? { message_id: null, to: null, return_path: null, subject: null }
  return {
    type: 'complaint',
    recipients,
    original: returned || reported ? { ...original, message_id: original.message_id ?? reported } : null,
    feedback_type: type,
  }
}

const addressesOf = (values: string[]) =>
  [...new Set(readAddresses(values).map(({ address }) => address.toLowerCase()))]
    .filter((address) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(address) && !address.endsWith('.invalid'))
    .slice(0, RECIPIENTS)
