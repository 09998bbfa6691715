/**
 * Failures one can ask for by the local part of a recipient, so that every state of a delivery can be seen without a
 * mail server that really fails (mail.md, "Sending" 8). A `+suffix` or `.number` may follow: `tempfail+2@`.
 */

export interface SmtpReply {
  code: number
  /** What follows the code, beginning with the enhanced status code (RFC 3463). */
  text: string
}

export type Fault =
  | { at: 'rcpt'; reply: SmtpReply; once?: true }
  | { at: 'dot'; reply: SmtpReply }
  /** The message is taken, and then: no reply and a closed connection, a line that is no reply, or a late reply. */
  | { at: 'taken'; reaction: 'drop' | 'garbage' | 'slow' }
  /** The message is taken, and a message comes back. */
  | { at: 'later'; answer: 'autoreply' | 'bounce' | 'complaint' }

interface MagicPart {
  part: string
  does: string
  fault: Fault
}

const rcpt = (code: number, text: string): Fault => ({ at: 'rcpt', reply: { code, text } })
const dot = (code: number, text: string): Fault => ({ at: 'dot', reply: { code, text } })

/** Every magic local part; the page lists them in this order. */
export const MAGIC_PARTS: readonly MagicPart[] = [
  {
    part: 'tempfail',
    does: '451 4.3.0 to the recipient, always',
    fault: rcpt(451, '4.3.0 The mailbox is busy, try later'),
  },
  {
    part: 'tempfail-once',
    does: '451 4.3.0 the first time, accepted after that',
    fault: { at: 'rcpt', reply: { code: 451, text: '4.3.0 Try once more' }, once: true },
  },
  { part: 'permfail', does: '550 5.7.1 to the recipient', fault: rcpt(550, '5.7.1 Mail is refused by policy') },
  { part: 'refused', does: '550 5.1.1 to the recipient', fault: rcpt(550, '5.1.1 There is no such mailbox') },
  { part: '421', does: '421 4.7.0, then the connection is closed', fault: rcpt(421, '4.7.0 Too much mail, closing') },
  { part: 'tempfail-data', does: '451 4.3.0 after the final dot', fault: dot(451, '4.3.0 Not stored, try later') },
  { part: 'permfail-data', does: '554 5.7.1 after the final dot', fault: dot(554, '5.7.1 The content is refused') },
  {
    part: 'drop-after-dot',
    does: 'taken, but the connection breaks before the reply',
    fault: { at: 'taken', reaction: 'drop' },
  },
  {
    part: 'garbage-after-dot',
    does: 'taken, but the reply cannot be understood',
    fault: { at: 'taken', reaction: 'garbage' },
  },
  { part: 'slow', does: 'accepted after three seconds', fault: { at: 'taken', reaction: 'slow' } },
  {
    part: 'autoreply',
    does: 'accepted, an out-of-office message comes back',
    fault: { at: 'later', answer: 'autoreply' },
  },
  {
    part: 'bounce',
    does: 'accepted, a bounce comes back (RFC 3464)',
    fault: { at: 'later', answer: 'bounce' },
  },
  {
    part: 'complaint',
    does: 'accepted, a spam complaint comes back (RFC 5965)',
    fault: { at: 'later', answer: 'complaint' },
  },
]

const BY_PART = new Map(MAGIC_PARTS.map(({ part, fault }) => [part, fault]))

/** The failure that an address asks for; `550-5.1.1@` asks for just that reply. */
export function faultOf(address: string): Fault | undefined {
  const local = localPart(address)
  const asked = /^([45]\d\d)-([45]\.\d{1,3}\.\d{1,3})(?:\+.*|\.\d+)?$/.exec(local)
  if (asked) return rcpt(Number(asked[1]), `${asked[2]} Refused as the address asks`)
  return BY_PART.get(local) ?? BY_PART.get(local.replace(/\+.*$|\.\d+$/, ''))
}

const localPart = (address: string) => address.slice(0, Math.max(0, address.lastIndexOf('@'))).toLowerCase()
