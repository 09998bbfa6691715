import { FIELD_OCTETS, HEADER_FIELDS, HEADER_OCTETS } from './caps.ts'

export interface Field {
  /** Lower case. */
  name: string
  /** Unfolded (RFC 5322 §2.2.3), encoded words as they stand. */
  value: string
}

export interface FieldBlock {
  fields: Field[]
  /** Where the body begins. */
  end: number
  /** What was left out, as the rest of a sentence. */
  cuts: string[]
}

const LINE_FEED = 10
const CARRIAGE_RETURN = 13
const NAME = /^[!-9;-~]{1,100}[ \t]*:/

/**
 * Reads fields until the empty line, or until a line that `endsAt` knows. Every octet is looked at once.
 * @param isRoot a line that is no field is then passed over, such as mbox's "From "; in a part it begins the body
 */
export function readFields(raw: Buffer, start: number, isRoot: boolean, endsAt: (line: number) => boolean): FieldBlock {
  const fields: Field[] = []
  const cuts = new Set<string>()
  const limit = Math.min(raw.length, start + HEADER_OCTETS)
  let at = start
  let from = -1

  const close = (to: number) => {
    if (from < 0) return
    if (fields.length >= HEADER_FIELDS) cuts.add(`header fields after the first ${HEADER_FIELDS}`)
    else fields.push(readField(raw.subarray(from, to), cuts))
    from = -1
  }

  while (at < limit) {
    const feed = raw.indexOf(LINE_FEED, at)
    const next = feed < 0 ? raw.length : feed + 1
    const first = raw[at]
    if (first === LINE_FEED || (first === CARRIAGE_RETURN && raw[at + 1] === LINE_FEED)) {
      close(at)
      return { fields, end: next, cuts: [...cuts] }
    }
    if (endsAt(at)) {
      close(at)
      return { fields, end: at, cuts: [...cuts] }
    }
    if (first !== 32 && first !== 9) {
      close(at)
      if (NAME.test(raw.toString('latin1', at, Math.min(next, at + 102)))) from = at
      else if (!isRoot) return { fields, end: at, cuts: [...cuts] }
    }
    at = next
  }
  close(Math.min(at, limit))
  if (at < raw.length) cuts.add(`a header after its first ${HEADER_OCTETS / 1024} KB`)
  return { fields, end: at < raw.length ? endOfHeader(raw, at) : raw.length, cuts: [...cuts] }
}

function readField(raw: Buffer, cuts: Set<string>): Field {
  if (raw.length > FIELD_OCTETS) cuts.add(`header fields after their first ${FIELD_OCTETS / 1024} KB`)
  const text = decodeOctets(raw.subarray(0, FIELD_OCTETS))
  const colon = text.indexOf(':')
  return {
    name: text.slice(0, colon).trim().toLowerCase(),
    value: text
      .slice(colon + 1)
      .replace(/[\r\n\0]+/g, ' ')
      .trim(),
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })
const western = new TextDecoder('windows-1252')

/** Octets that nobody named a charset for: UTF-8 when they are (RFC 6532), else the most common one of old mail. */
function decodeOctets(octets: Uint8Array): string {
  try {
    return utf8.decode(octets)
  } catch {
    return western.decode(octets)
  }
}

function endOfHeader(raw: Buffer, from: number): number {
  const ends = ['\r\n\r\n', '\n\n'].map((mark) => [raw.indexOf(mark, from - mark.length), mark.length] as const)
  const end = ends.filter(([at]) => at >= 0).sort(([a], [b]) => a - b)[0]
  return end ? end[0] + end[1] : raw.length
}

/** The fields of a text, such as of a returned header or a delivery report. */
export const parseFields = (text: string) => readFields(Buffer.from(text), 0, true, () => false).fields

export const valuesOf = (fields: readonly Field[], ...names: string[]) =>
  fields.filter(({ name }) => names.includes(name)).map(({ value }) => value)

export const fieldOf = (fields: readonly Field[], name: string) => fields.find((field) => field.name === name)?.value
