import { AUTO_FIELDS, AUTO_MAILERS, AUTO_SUBJECT } from './auto-signs.ts'
import { type Field, valuesOf } from './fields.ts'
import { readAddresses } from './head.ts'
import type { Head, IncomingContext } from './incoming.ts'
import { ownParts, type Part } from './parts.ts'

/**
 * An answer that no person wrote, by its header alone. Many have no sign in it; those are known by their words, which is
 * not done here.
 * @returns the sentence that says why, or undefined
 */
export function recogniseAutoReply(root: Part, head: Head): string | undefined {
  const report = root.type === 'multipart/report' ? (root.parameters.get('report-type') ?? '').toLowerCase() : ''
  if (report === 'disposition-notification') return 'It is a read receipt (RFC 8098).'
  if (report) return `It is an automatic report (${report.replace(/[^a-z-]/g, '')}).`
  const field = AUTO_FIELDS.find(({ name, value }) =>
    valuesOf(root.fields, name).some((text) => value?.test(text) ?? true),
  )
  if (field) return `Its header says that it is automatic (${field.name}).`
  if (valuesOf(root.fields, 'user-agent', 'x-mailer').some((text) => AUTO_MAILERS.test(text)))
    return 'A program for automatic answers wrote it.'
  if (AUTO_SUBJECT.test(head.subject.normalize('NFC'))) return 'Its subject is that of an automatic answer.'
  return undefined
}

/**
 * What a press of a button made, whatever stands beside it: an answer to an invitation (RFC 6047), a read receipt within
 * another message (RFC 8098), a reaction of Gmail's.
 */
const BUTTONS = /^(text\/calendar|message\/disposition-notification|text\/vnd\.google\.email-reaction\+json)$/

export const isByButton = (root: Part): boolean => [...ownParts(root)].some(({ type }) => BUTTONS.test(type))

/** RFC 3834 §2, and what mail programs say to the same end. */
export function mustNotAnswer(
  fields: readonly Field[],
  head: Head,
  { mail_from: mailFrom, own_addresses }: IncomingContext,
): boolean {
  return (
    own_addresses.some((address) => address.toLowerCase() === head.from?.address.toLowerCase()) ||
    mailFrom === '' ||
    head.return_path === '' ||
    /^mailer-daemon/i.test(head.return_path ?? mailFrom) ||
    (head.auto_submitted !== null && head.auto_submitted !== 'no') ||
    head.list_fields.length > 0 ||
    /^(bulk|list|junk|auto[_-]?reply)/.test(head.precedence ?? '') ||
    valuesOf(fields, 'x-auto-response-suppress').some((value) => /all|autoreply|oof/i.test(value)) ||
    valuesOf(fields, 'x-loop').length > 0 ||
    head.from === null ||
    // RFC 5322 §3.6: one From. With several addresses nobody can say who of them wrote, nor check it (RFC 9989).
    readAddresses(valuesOf(fields, 'from')).length > 1 ||
    /^(mailer-daemon|postmaster|no-?reply|do-?not-?reply|noreply|owner-.*|.*-request|.*-bounces?|listserv|majordomo)@/i.test(
      head.from.address,
    )
  )
}
