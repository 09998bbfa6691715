import { PATTERN_CHARACTERS } from '../caps.ts'
import type { ReportAction, ReportClass } from '../incoming.ts'
import { CODES, REASONS } from './reasons.ts'

export interface Diagnosis {
  status: string | null
  class: ReportClass
  suppress: boolean
}

const SUCCESSES: readonly ReportAction[] = ['delivered', 'relayed', 'expanded']
const ENHANCED = /(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)/
const AFTER_REPLY = /(?<![\d.])([245])\d\d[ -]#?([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)/
const REPLY = /(?<![\d.#-])([45])[0-5]\d(?=[ \-:]|$)/

/**
 * What a failure means for the next message. A code alone says little: most of what comes back as 5.x.x is about us
 * or about a full mailbox. So the words are heard first, and only words or codes for "no such address" suppress it.
 * @param words what the other server said, on one line
 * @param status of the report, when it has one
 * @param notice what the report says in its own words, heard when the other server's are not understood
 */
export function diagnose(words: string, status: string | undefined, action: ReportAction, notice = ''): Diagnosis {
  const code = codeOf(words, status) ?? codeOf(notice, undefined)
  if (SUCCESSES.includes(action)) return { status: code, class: 'success', suppress: false }
  const isTransient = action === 'delayed' || (code ?? replyOf(words) ?? '5').startsWith('4')
  const byCode = code ? CODES.get(code) : undefined
  const found = classOfWords(words) ?? byCode ?? classOfWords(notice) ?? classOfRest(code)
  const known = found === 'hard' && isDoubtful(code, words || notice) ? 'policy' : found
  const settled = isTransient && !['full', 'blocked'].includes(known) ? 'soft' : known
  return { status: code, class: settled, suppress: settled === 'hard' }
}

/**
 * "User unknown" that is not about the address: of the sender; after the message itself was read, which is how a
 * reader's own filter refuses; or with a code that says something else (RFC 3463 §3.3: 5.2.0 is any mailbox trouble).
 */
function isDoubtful(code: string | null, words: string): boolean {
  return (
    /^5\.(2\.0|6\.\d+|7\.\d+|1\.[78])$/.test(code ?? '') ||
    /after mail from|to mail from|end of data|after data|to end of data/i.test(words.slice(0, PATTERN_CHARACTERS))
  )
}

/** @returns undefined when no words are known */
function classOfWords(words: string): ReportClass | undefined {
  const plain = plainWords(words)
  // KDDI answers a refusal by the reader's own filter with "550 : User unknown", the address left out.
  if (/\b550:? *: user unknown/.test(plain)) return 'policy'
  if (/mailbox unavailable/.test(plain) && /rcpt|recipient|5\.1\.1/.test(plain)) return 'hard'
  return REASONS.find(({ pattern }) => pattern.test(plain))?.class
}

/** Names of hosts and pages would be read as words: a helpful "see https://example.org/spam-or-not". */
function plainWords(words: string): string {
  return words
    .slice(0, PATTERN_CHARACTERS)
    .toLowerCase()
    .replace(/https?:\/\/\S+/g, ' ')
    .replace(/<?[^\s<>@]{1,200}@[\w.-]+>?/g, (address) => (address.startsWith('<') ? '<>' : ' '))
    .replace(/\b[\w-]+(\.[\w-]+)+\.[a-z]{2,20}\b/g, ' ')
    .replace(/\b[\w-]+\.(com|org|net|jp|de|fr|edu|it|ru|uk|es|br)\b/g, ' ')
    .replace(/[’‘]/g, "'")
    .replace(/\s+/g, ' ')
}

function codeOf(words: string, status: string | undefined): string | null {
  const reported = ENHANCED.exec(status ?? '')
    ?.slice(1, 4)
    .join('.')
  if (reported && !reported.endsWith('.0.0')) return reported
  const line = words.slice(0, PATTERN_CHARACTERS)
  return AFTER_REPLY.exec(line)?.[2] ?? ENHANCED.exec(line)?.slice(1, 4).join('.') ?? reported ?? null
}

const replyOf = (words: string) => REPLY.exec(words.slice(0, PATTERN_CHARACTERS))?.[1]

/** RFC 3463 §3: the second figure tells what it is about. */
function classOfRest(code: string | null): ReportClass {
  switch (code?.split('.')[1]) {
    case '3':
    case '4':
      return 'soft'
    case '6':
    case '7':
      return 'policy'
    default:
      return 'unknown'
  }
}
