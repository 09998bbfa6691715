import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { SinkMessage } from './event.ts'
import { type FaultName, faultNameOf, type Misbehaviour, misbehaviourNamed } from './faults.ts'

/** What every dialogue of a sink shares. */
export interface DialogueRules {
  auth: { user: string; pass: string } | undefined
  tls: { key: string; cert: string } | undefined
  slowMs: number
  nextId(): number
  /** Faults of the next transactions, taken from the front. */
  failNext: FaultName[]
  failedOnce: Set<string>
  record(message: SinkMessage): void
}

const EMPTY: Buffer = Buffer.alloc(0)
const END = '\r\n.\r\n'
/** Enough of a message to find its Message-ID. */
const HEAD_BYTES = 64 * 1024

const now = () => performance.timeOrigin + performance.now()

/** Speaks SMTP (RFC 5321) with PIPELINING (RFC 2920) on one connection, until it ends. */
export function openDialogue(connected: Socket, connection: number, rules: DialogueRules): void {
  let socket = connected
  let buffered: Buffer = EMPTY
  let mode: 'command' | 'body' | 'auth' | 'waiting' = 'command'
  let isAuthenticated = rules.auth === undefined
  let message: SinkMessage | undefined
  let fault: Misbehaviour | undefined
  // Body: the last bytes seen, so that an end split over packets is found, and the beginning of the message.
  let tail = ''
  let head: Buffer[] = []
  let headBytes = 0

  const say = (line: string) => socket.write(`${line}\r\n`)

  function finish(outcome: Partial<SinkMessage> = {}): void {
    if (!message) return
    rules.record({ ...message, ...outcome, message_id: findMessageId(Buffer.concat(head)) })
    message = undefined
    fault = undefined
    head = []
    headBytes = 0
  }

  /** Does what the fault wants at this moment. True when the dialogue has taken its own way. */
  function misbehave(at: Misbehaviour['at']): boolean {
    if (!message || fault?.at !== at || fault.late) return false
    const { say: words, refuses, end } = fault
    const isWhole = words !== undefined && /^\d{3} .*\r\n$/.test(words)
    const replied = at === 'dot' && isWhole
    finish({ taken: at === 'dot' && !refuses, reply: words?.trimEnd() ?? null, replied })
    leave(end, words)
    return true
  }

  function leave(end: Misbehaviour['end'], words?: string): void {
    if (end) mode = 'waiting'
    if (end === 'close') socket.end(words ?? '')
    else if (words !== undefined) socket.write(words)
    if (end === 'drop') socket.destroy()
    if (end === 'reset') socket.resetAndDestroy()
  }

  const commands: Record<string, (line: string) => void> = {
    EHLO: greetBack,
    HELO: () => {
      finish()
      say('250 sink')
    },
    STARTTLS: startTls,
    AUTH: authenticate,
    MAIL: beginMessage,
    RCPT: addRecipient,
    DATA: askForBody,
    RSET: () => {
      finish()
      say('250 2.0.0 Forgotten')
    },
    NOOP: () => say('250 2.0.0 Yes'),
    QUIT: () => {
      finish()
      socket.end('221 2.0.0 Bye\r\n')
    },
  }

  function obey(line: string): void {
    const command = commands[(line.split(' ', 1)[0] ?? '').toUpperCase()]
    if (command) command(line)
    else say('502 5.5.1 Not known here')
  }

  function greetBack(): void {
    finish()
    const offered = ['PIPELINING', '8BITMIME', 'SIZE 52428800', 'ENHANCEDSTATUSCODES']
    if (rules.tls && !(socket instanceof TLSSocket)) offered.push('STARTTLS')
    if (rules.auth) offered.push('AUTH PLAIN')
    const lines = ['sink', ...offered]
    socket.write(lines.map((line, at) => `250${at < lines.length - 1 ? '-' : ' '}${line}\r\n`).join(''))
  }

  function startTls(): void {
    if (!rules.tls) return void say('502 5.5.1 Not offered')
    say('220 2.0.0 Go ahead')
    connected.removeAllListeners('data')
    buffered = EMPTY
    const secured = new TLSSocket(connected, { isServer: true, ...rules.tls })
    secured.on('error', () => connected.destroy())
    socket = secured
    secured.on('data', hear)
  }

  function authenticate(line: string): void {
    const [, method = '', initial] = line.split(' ')
    if (!rules.auth || method.toUpperCase() !== 'PLAIN') return void say('504 5.5.4 Not offered')
    if (initial) {
      judge(initial)
    } else {
      mode = 'auth'
      socket.write('334 \r\n')
    }
  }

  /** RFC 4616: an authorization identity, the user and the password, with NUL between them. */
  function judge(encoded: string): void {
    mode = 'command'
    const [, user, pass] = Buffer.from(encoded, 'base64').toString().split('\0')
    isAuthenticated = user === rules.auth?.user && pass === rules.auth?.pass
    say(isAuthenticated ? '235 2.7.0 Welcome' : '535 5.7.8 The user name or the password is wrong')
  }

  function beginMessage(line: string): void {
    if (!isAuthenticated) return void say('530 5.7.0 Authentication is needed')
    if (message) return void say('503 5.5.1 One at a time')
    message = {
      event: 'message',
      id: rules.nextId(),
      connection,
      mail_from: addressIn(line),
      rcpt: [],
      refused: [],
      message_id: null,
      mail_at: now(),
      data_at: null,
      dot_at: null,
      bytes: 0,
      taken: false,
      reply: null,
      replied: false,
      fault: null,
    }
    const next = rules.failNext.shift()
    if (next !== undefined) fault = named(next)
    if (!misbehave('mail')) say('250 2.1.0 Accepted')
  }

  function addRecipient(line: string): void {
    if (!message) return void say('503 5.5.1 MAIL comes first')
    const address = addressIn(line)
    const asked = faultNameOf(address)
    const own = asked === undefined || isOver(asked, address) ? undefined : named(asked)
    const now = fault?.at === 'rcpt' ? fault : own
    if (now?.at === 'rcpt' || now?.at === 'mail') {
      // A refused recipient does not end the transaction: the client has to (RFC 5321 section 3.3).
      const list = now.refuses || now.at === 'mail' ? message.refused : message.rcpt
      list.push(address)
      message.reply = now.say?.trimEnd() ?? null
      if (now.end) finish()
      leave(now.end, now.say)
    } else {
      fault ??= own
      message.rcpt.push(address)
      say('250 2.1.5 Accepted')
    }
  }

  function named(name: FaultName): Misbehaviour {
    if (message) message.fault = name
    return misbehaviourNamed(name)
  }

  function isOver(name: FaultName, address: string): boolean {
    if (!misbehaviourNamed(name).once) return false
    const isKnown = rules.failedOnce.has(address)
    rules.failedOnce.add(address)
    return isKnown
  }

  function askForBody(): void {
    if (!message || message.rcpt.length === 0) return void say('503 5.5.1 RCPT comes first')
    if (misbehave('data')) return
    mode = 'body'
    // A body without a line ends with the dot alone: the line break before it is that of DATA.
    tail = '\r\n'
    message.data_at = now()
    say('354 Go ahead, end with a dot')
  }

  /** Takes its part of the bytes and gives back the rest. */
  function takeBody(chunk: Buffer): Buffer {
    if (!message || misbehave('body')) return EMPTY
    const seen = tail + chunk.toString('latin1')
    const end = seen.indexOf(END)
    const used = end < 0 ? chunk.length : end + END.length - tail.length
    message.bytes += used
    if (headBytes < HEAD_BYTES) {
      head.push(chunk.subarray(0, used))
      headBytes += used
    }
    tail = seen.slice(-(END.length - 1))
    if (end >= 0) endBody()
    return chunk.subarray(used)
  }

  function endBody(): void {
    if (!message) return
    mode = 'command'
    message.dot_at = now()
    if (misbehave('dot')) return
    if (fault?.late) {
      mode = 'waiting'
      setTimeout(acceptLate, rules.slowMs).unref()
    } else {
      accept()
    }
  }

  function acceptLate(): void {
    if (socket.destroyed) return
    mode = 'command'
    accept()
    hear(EMPTY)
  }

  function accept(): void {
    const reply = '250 2.6.0 Taken'
    finish({ taken: true, reply, replied: true })
    say(reply)
  }

  function hear(chunk: Buffer): void {
    buffered = buffered.length > 0 ? Buffer.concat([buffered, chunk]) : chunk
    while (buffered.length > 0 && mode !== 'waiting' && !socket.destroyed) {
      if (mode === 'body') {
        const body = buffered
        buffered = EMPTY
        buffered = takeBody(body)
        continue
      }
      const end = buffered.indexOf('\n')
      if (end < 0) return
      const line = buffered.toString('utf8', 0, end).trimEnd()
      buffered = buffered.subarray(end + 1)
      if (mode === 'auth') judge(line)
      else obey(line)
    }
  }

  connected.on('data', hear)
  // The client went away in the middle: what arrived so far is noted, a body that had ended (slow) was taken.
  connected.on('close', () => finish({ taken: message?.dot_at != null }))
  say('220 sink ESMTP')
}

const addressIn = (line: string) => /<([^>]*)>/.exec(line)?.[1] ?? line.replace(/^[^:]*:\s*/, '')

function findMessageId(head: Buffer): string | null {
  const text = head.toString('latin1')
  const end = text.search(/\r?\n\r?\n/)
  return /^message-id:\s*(<[^>]*>)/im.exec(end < 0 ? text : text.slice(0, end))?.[1] ?? null
}
