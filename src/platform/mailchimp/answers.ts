import { Upstream } from '../../lib/errors.ts'

/**
 * Answers are read with care: a proxy in between, or a change there, must end in an error that says so and never in
 * rows of undefined.
 */
export type Json = Record<string, unknown>

export function brokenAnswer(what: string): Upstream {
  return new Upstream(
    'mailchimp_unreachable',
    `Mailchimp's answer is not what its API promises (${what}). Something between us may have changed it; try again later.`,
    { retryable: true },
  )
}

/** What no text here can hold: NUL, and halves of characters (PostgreSQL's jsonb takes neither). */
const UNSTORABLE = /\\u(0000|d[89a-f])/i

/** Of an answer, without what no text here can hold. @throws SyntaxError */
export function parseJson(text: string): unknown {
  if (!UNSTORABLE.test(text)) return JSON.parse(text)
  return JSON.parse(text, (_name, value: unknown) =>
    typeof value === 'string' ? value.replaceAll('\0', '').toWellFormed() : value,
  )
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function objectOf(value: unknown, what: string): Json {
  if (!isObject(value)) throw brokenAnswer(what)
  return value
}

/** An array of objects. */
export function listOf(value: unknown, what: string): Json[] {
  if (!Array.isArray(value)) throw brokenAnswer(what)
  return value.map((item) => objectOf(item, what))
}

/** A text that must be there; numbers are written out, since some ids come either way. */
export function textOf(value: unknown, what: string): string {
  if (typeof value === 'number') return String(value)
  if (typeof value !== 'string' || value === '') throw brokenAnswer(what)
  return value
}

/** A text that may be left out. */
export function wordsIn(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

export function countOf(value: unknown, what: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw brokenAnswer(what)
  return value
}

/** A count that may be left out: 0 then. */
export function countIn(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0
}

/** A time; null where it was left empty. */
export function timeIn(value: unknown): Date | null {
  if (typeof value !== 'string' || value === '') return null
  const at = new Date(value)
  return Number.isNaN(at.getTime()) ? null : at
}

export function timeOf(value: unknown, what: string): Date {
  const at = timeIn(value)
  if (!at) throw brokenAnswer(what)
  return at
}

export function oneOf<T extends string>(value: unknown, known: readonly T[], what: string): T {
  const found = known.find((item) => item === value)
  if (found === undefined) throw brokenAnswer(what)
  return found
}
