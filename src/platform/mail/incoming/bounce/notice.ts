import { PATTERN_CHARACTERS, RECIPIENTS } from '../caps.ts'

/** What a report says in words: above, the notice; below, what it returns of the message. */
export interface Notice {
  lines: string[]
  tail: string
}

export interface NoticeRecipient {
  address: string
  /** The words that stand with the address, on one line. */
  words: string
}

const NOTICE_LINES = 400

/** Lines that say "here comes your message", in the dialects of mail servers. */
const RETURNED = [
  /^\W*[-_=*]{2,}.{0,60}\b(original|copy of|copies of|header|headers|unsent|returned|message follows|your (message|mail)|mensaje|below this line|undelivered|forwarded)\b/i,
  /^(\W*(the )?(original|returned|undelivered|unsent) (message|mail)\b.{0,20}(follow|header|attached|below|\W*$)|message headers? (follow|:)|included is a copy|(the )?(first|header).{0,60} of (your|the) (original )?message|original message headers|a copy of (the|your) (original )?message|message text follows|here is (a copy of )?(your|the) message|-+ ?original)/i,
  /^(> ?|\s{0,8})(Received|Return-Path|Delivered-To|DKIM-Signature|X-Received): /i,
  /^\s{0,8}From \S+@\S+ +\w{3} \w{3} /,
  /元のメッセージ|original mail info|原始邮件|原件/,
]

export function splitNotice(text: string): Notice {
  const lines = text.split('\n', 4000)
  const end = lines.findIndex((line, at) => at > 0 && RETURNED.some((pattern) => pattern.test(clip(line))))
  const upTo = end < 0 ? lines.length : end
  return {
    lines: lines.slice(0, Math.min(upTo, NOTICE_LINES)).map(clip),
    tail: end < 0 ? '' : lines.slice(/^\s*>?\s*[\w-]+: /.test(lines[end] ?? '') ? end : end + 1).join('\n'),
  }
}

const clip = (line: string) => line.slice(0, PATTERN_CHARACTERS)

const ADDRESS = /[^\s<>"'(),:;[\]@|=]{1,128}@(?:[a-z0-9_-]{1,63}\.)+[a-z0-9-]{2,63}/gi
const AT_START =
  /^[\s>*•・-]*(?:[45]\d\d[ -](?:[45]\.\d{1,3}\.\d{1,3} )?)?["'<([]*(?:mailto:|rfc822;\s*)?([^\s<>"'(),:;[\]@|=]{1,128}@(?:[a-z0-9_-]{1,63}\.)+[a-z0-9-]{2,63})["'>)\]]*(?![\w@])/i
/** Words that stand before the address a line is about. */
const RECIPIENT_WORDS =
  /recipient|address|e-?mail|rcpt|mailbox|user|account|deliver|\b(to|for|with)\b|usuario|usuário|destinat|direcci|empfänger|адрес|получател|宛先|あて先|收件人|邮箱/i
/** Lines in which an address is somebody else's. */
const OTHERS =
  /^\W*(from|sender|reply-to|de|von|message-id|return-path|cc|x-[\w-]+|subject|envelope-from|original sender)\s*:/i
const HELPERS =
  /^(mailer-daemon|post-?_?master|abuse|support|help(desk)?|no-?reply|admin|administrator|webmaster|sysadmin|noc|unblock|info-unblock)$/i

/**
 * Whom a notice is about: addresses that begin a line; failing these, those behind words such as "recipient:"; failing
 * these, any. Never one that is known to be somebody else's.
 * @param known lower case: what the report returns was addressed to
 */
export function listRecipients(
  { lines }: Notice,
  isOther: (address: string) => boolean,
  known: ReadonlySet<string>,
): NoticeRecipient[] {
  const lookUp = (find: (line: string) => string[]) => {
    const found: { address: string; line: number }[] = []
    for (const [at, line] of lines.entries()) {
      if (OTHERS.test(line) || found.length >= RECIPIENTS) continue
      for (const written of find(line.replace(/MAIL FROM:\s*<[^<>]*>/i, ''))) {
        const address = written.toLowerCase().replace(/\.+$/, '')
        const isHelper = HELPERS.test(address.split('@')[0] as string) || isOther(address)
        if (isHelper && !known.has(address)) continue
        if (!found.some((other) => other.address === address)) found.push({ address, line: at })
      }
    }
    return found
  }
  const tries = [
    (line: string) => first(AT_START.exec(line)),
    (line: string) => afterWords(line),
    (line: string) => line.match(ADDRESS) ?? [],
  ]
  for (const find of tries) {
    const all = lookUp(find)
    const sure = all.filter(({ address }) => known.has(address))
    const found = find === tries[0] || sure.length === 0 ? all : sure
    if (found.length > 0)
      return found.map((one, at) => ({ ...one, words: wordsBetween(lines, one.line, found[at + 1]) }))
  }
  return []
}

const first = (match: RegExpExecArray | null) => (match?.[1] ? [match[1]] : [])

function afterWords(line: string): string[] {
  return [...line.matchAll(ADDRESS)]
    .filter(({ index }) => RECIPIENT_WORDS.test(line.slice(0, index)))
    .map(([found]) => found)
}

/** Until the next recipient, or the next server that sendmail talked to. */
function wordsBetween(lines: readonly string[], from: number, next: { line: number } | undefined): string {
  const end = lines.findIndex((line, at) => at > from && (at === next?.line || /^\W*while talking to/i.test(line)))
  return oneLine(lines.slice(from, Math.min(end < 0 ? lines.length : end, from + 14)))
}

export const oneLine = (lines: readonly string[]) =>
  lines
    .join(' ')
    .replace(/\b([245]\d\d)-(?:\d\.\d{1,3}\.\d{1,3} )?/g, '$1 ')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, 2000)
