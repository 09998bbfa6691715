/**
 * How the sink misbehaves. By the local part of a recipient (`reset@`, `reset+3@`, `reset.3@`), or for the next
 * dialogues whoever they are for (`sink.failNext`). What comes before any recipient is known, and is asked for by
 * local part, happens at the recipient: `drop-after-mail@` breaks the connection instead of an answer to RCPT.
 */

/** What happens at one moment of a dialogue: a reply, and/or the end of the connection. */
export interface Misbehaviour {
  at: 'mail' | 'rcpt' | 'data' | 'body' | 'dot'
  /** Written as it is, with CRLF when it is a whole line. */
  say?: string
  /** Whether the words are a reply that refuses; else the message counts as taken. */
  refuses?: true
  /** close: after the words have left. drop: at once. reset: at once, by TCP RST. */
  end?: 'close' | 'drop' | 'reset'
  /** The usual reply, later. */
  late?: true
  /** Only the first time for an address. */
  once?: true
}

const refusal = (at: Misbehaviour['at'], reply: string): Misbehaviour => ({ at, say: `${reply}\r\n`, refuses: true })

const MISBEHAVIOURS: Record<string, Misbehaviour> = {
  tempfail: refusal('rcpt', '451 4.3.0 The mailbox is busy, try later'),
  'tempfail-once': { ...refusal('rcpt', '451 4.3.0 Try once more'), once: true },
  permfail: refusal('rcpt', '550 5.7.1 Mail is refused by policy'),
  refused: refusal('rcpt', '550 5.1.1 There is no such mailbox'),
  '452-rcpt': refusal('rcpt', '452 4.5.3 Too many recipients'),
  '421': { ...refusal('rcpt', '421 4.7.0 Too much mail, closing'), end: 'close' },
  '421-mail': { ...refusal('mail', '421 4.7.0 Too much mail, closing'), end: 'close' },
  '421-data': { ...refusal('data', '421 4.3.2 Closing for maintenance'), end: 'close' },
  'tempfail-data': refusal('dot', '451 4.3.0 Not stored, try later'),
  'permfail-data': refusal('dot', '554 5.7.1 The content is refused'),
  'drop-after-mail': { at: 'mail', end: 'drop' },
  'drop-after-rcpt': { at: 'rcpt', say: '250 2.1.5 Accepted\r\n', end: 'close' },
  'drop-mid-body': { at: 'body', end: 'drop' },
  'drop-after-dot': { at: 'dot', end: 'drop' },
  reset: { at: 'dot', end: 'reset' },
  'half-reply': { at: 'dot', say: '25', end: 'close' },
  'garbage-after-dot': { at: 'dot', say: '*** the dog ate the reply ***\r\n', end: 'close' },
  'close-after-accept': { at: 'dot', say: '250 2.0.0 Ok, and goodbye\r\n', end: 'close' },
  'closing-after-dot': { at: 'dot', say: '221 2.0.0 Closing\r\n', end: 'close' },
  'nul-reply': { at: 'dot', say: '250 2.0.0 Ok \0 queued\r\n' },
  slow: { at: 'dot', late: true },
}

export type FaultName = string

/** @throws when there is no such fault */
export function misbehaviourNamed(name: FaultName): Misbehaviour {
  const found = findMisbehaviour(name)
  if (!found) throw new Error(`The sink knows no fault ${name}`)
  return found
}

/** The fault that an address asks for, by name; `550-5.4.5@` asks for just that reply. */
export function faultNameOf(address: string): FaultName | undefined {
  const local = address.slice(0, Math.max(0, address.lastIndexOf('@'))).toLowerCase()
  const bare = /^([45]\d\d-[45]\.\d{1,3}\.\d{1,3})(?:\+.*|\.\d+)?$/.exec(local)?.[1]
  return [bare, local, local.replace(/\+.*$|\.\d+$/, '')].find((name) => name !== undefined && findMisbehaviour(name))
}

function findMisbehaviour(name: FaultName): Misbehaviour | undefined {
  const reply = /^([45]\d\d)-([45]\.\d{1,3}\.\d{1,3})$/.exec(name)
  if (!reply) return MISBEHAVIOURS[name]
  const said = refusal('rcpt', `${reply[1]} ${reply[2]} Refused as the address asks`)
  return reply[1] === '421' ? { ...said, end: 'close' } : said
}
