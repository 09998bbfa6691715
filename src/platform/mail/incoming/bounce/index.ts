/**
 * Bounces: what mail systems say of mail they could not deliver, as RFC 3464 has it and as they had it before and
 * beside. Owns recognising one, its recipients (several are several rows, each with its own verdict) and what each
 * failure means. Guarantees that only "no such address" suppresses: codes that begin with 5 are mostly about ourselves
 * or a full mailbox. Does not know whose delivery it was: tokens and Message-IDs tell that.
 */
import { RECIPIENTS } from '../caps.ts'
import type { Decoder } from '../decode.ts'
import { valuesOf } from '../fields.ts'
import { readAddresses } from '../head.ts'
import type { Head, IncomingContext, Report, ReportAction, ReportRecipient } from '../incoming.ts'
import { allParts, ownParts, type Part } from '../parts.ts'
import { diagnose } from './diagnose.ts'
import { listRecipients, type Notice, type NoticeRecipient, oneLine, splitNotice } from './notice.ts'
import { isStatusPart, recogniseBounce } from './recognise.ts'
import { type Returned, readReturned } from './returned.ts'
import { DELAY_SUBJECT, DELAY_WORDS, SUCCESS_SUBJECT } from './signs.ts'
import { readStatusFields, type StatusFields } from './status-fields.ts'

export { type Returned, readReturned, returnedOf } from './returned.ts'

export interface Bounce {
  why: string
  report: Report
  returned: Returned | undefined
}

/** @param texts the message's own shown parts, in order */
export async function readBounce(
  root: Part,
  head: Head,
  texts: readonly Part[],
  context: IncomingContext,
  decoder: Decoder,
): Promise<Bounce | undefined> {
  const notice = splitNotice(await firstText(texts, decoder))
  const why = recogniseBounce(root, head, notice, context)
  if (!why) return undefined
  const returned = await readReturned(root, decoder, notice.tail)
  const groups = await listStatusGroups(root, notice, decoder)
  const recipients = groups.length
    ? groups.map((group) =>
        recipientOf(
          group,
          notice,
          groups.filter((other) => other !== group),
        ),
      )
    : listNoticeRecipients(root, head, notice, returned, context)
  return {
    why,
    returned,
    report: { type: 'bounce', recipients, original: returned?.message ?? null, feedback_type: null },
  }
}

async function firstText(texts: readonly Part[], decoder: Decoder): Promise<string> {
  for (const part of texts) {
    const text = await decoder.decodePlain(part)
    if (text.trim()) return text
  }
  return ''
}

/** Groups of the report, or of a notice that spells its fields out. */
async function listStatusGroups(root: Part, { lines }: Notice, decoder: Decoder): Promise<StatusFields[]> {
  const found: StatusFields[] = []
  for (const part of ownParts(root)) {
    if (isStatusPart(part)) found.push(...readStatusFields(await decoder.decodeText(part)))
  }
  if (found.length === 0) found.push(...readStatusFields(lines.join('\n')))
  // A gateway that passes a bounce on within one of its own says nothing itself.
  if (found.length === 0 && !lines.some((line) => line.includes('@'))) {
    for (const part of allParts(root)) {
      if (isStatusPart(part)) found.push(...readStatusFields(await decoder.decodeText(part)))
    }
  }
  return found.filter(({ final, original }) => final || original).slice(0, RECIPIENTS)
}

function recipientOf(group: StatusFields, notice: Notice, others: readonly StatusFields[]): ReportRecipient {
  const address = group.original ?? group.final ?? null
  const action = group.action ?? (group.status?.startsWith('4') ? 'delayed' : 'failed')
  const told = wordsOf(notice, [group.final, group.original], others)
  // Some put into the report no more than "5.0.0" and tell the reason in the notice.
  const diagnosis = diagnose(oneLine([group.diagnostic]), group.status, action, told)
  const diagnostic = (oneLine([group.diagnostic]) || told).slice(0, 500).toWellFormed()
  // Mail for a list or an office goes on to many: that one of them is gone says nothing against the address itself.
  if (diagnosis.suppress && wasForwarded(group))
    return { address, action, ...diagnosis, class: 'soft', suppress: false, diagnostic }
  return { address, action, ...diagnosis, diagnostic }
}

function wasForwarded({ final, original }: StatusFields): boolean {
  const [a, b] = [final?.split('@') ?? [], original?.split('@') ?? []]
  return a.length > 0 && b.length > 0 && a[0] !== b[0] && a[1] !== b[1]
}

/** What a notice says of one of several recipients; of the only one, all from where it is named. */
function wordsOf(
  { lines }: Notice,
  addresses: readonly (string | undefined)[],
  others: readonly StatusFields[],
): string {
  const names = (line: string, address: string | undefined) =>
    address !== undefined && line.toLowerCase().includes(address)
  const at = lines.findIndex((line) => addresses.some((address) => names(line, address)))
  if (others.length === 0) return oneLine(lines.slice(at > 0 && lines.length > 12 ? at : 0))
  if (at < 0) return ''
  const end = lines.findIndex((line, after) => after > at && others.some(({ final }) => names(line, final)))
  return oneLine(lines.slice(at, Math.min(end < 0 ? lines.length : end, at + 6)))
}

function listNoticeRecipients(
  root: Part,
  head: Head,
  notice: Notice,
  returned: Returned | undefined,
  context: IncomingContext,
): ReportRecipient[] {
  const failed = readAddresses(valuesOf(root.fields, 'x-failed-recipients')).map(({ address }) => address.toLowerCase())
  const known = new Set([...failed, ...(returned?.message.to ? [returned.message.to] : [])])
  const others = new Set(
    [...head.to, ...head.cc, ...(head.from ? [head.from] : [])]
      .map(({ address }) => address)
      .concat(context.mail_from, context.rcpt_to, context.own_addresses, head.return_path ?? '')
      .concat(returned ? readAddresses(valuesOf(returned.fields, 'from')).map(({ address }) => address) : [])
      .map((address) => address.toLowerCase()),
  )
  const isOther = (address: string) => others.has(address) || address.endsWith(`@${context.own_domain.toLowerCase()}`)
  const found = listRecipients(notice, isOther, known)
  const all: NoticeRecipient[] = failed.length
    ? failed.map((address) => found.find((one) => one.address === address) ?? { address, words: '' })
    : found
  const action = actionOf(head, notice)
  const rows = all.length ? all : [{ address: returned?.message.to ?? null, words: '' }]
  const whole = oneLine(notice.lines)
  return rows.slice(0, RECIPIENTS).map(({ address, words }) => ({
    address,
    action,
    ...diagnose(words, undefined, action, rows.length === 1 ? whole : ''),
    diagnostic: (words || whole).slice(0, 500).toWellFormed(),
  }))
}

function actionOf(head: Head, { lines }: Notice): ReportAction {
  if (SUCCESS_SUBJECT.test(head.subject)) return 'delivered'
  const isDelayed = DELAY_SUBJECT.test(head.subject) || DELAY_WORDS.test(lines.slice(0, 40).join('\n'))
  return isDelayed ? 'delayed' : 'failed'
}
