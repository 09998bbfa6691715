import type { FindingCode } from './findings.ts'
import {
  isMergeField,
  LATER_FIELDS,
  MERGE_FIELDS,
  type MergeField,
  type PieceField,
  suggestField,
} from './merge-fields.ts'

/** Something in a text that cannot be sent. `line` counts from 1 inside that text. */
export interface TextFault {
  code: FindingCode
  message: string
  line: number
}

export interface MergeScan {
  /** The text, with a field in place of each {{…}} that is one. */
  parts: (string | { field: PieceField })[]
  faults: TextFault[]
}

// More than anybody reads, so that a broken text of any size answers at once.
const MOST_FAULTS = 50
// The longest run of braces first, so that {{{ is seen as such. A field stands on one line.
const BRACES = /\{{2,}([^{}\n]{0,120})(\}{2,})?|\}{2,}/g
// What may stand between the end of a sentence, or the start of a block, and the first word of the next.
const SENTENCE_START =
  /(?:^|[.!?…]["'”’»)]*[ \t]+|[.!?…]["'”’»)]*\n|\n[ \t]*\n|(?:^|\n)[ \t]*(?:[-*+]|\d+[.)]|#{1,6}|>)[ \t]+)[ \t]*[*_"'“«(¿¡]*$/

/**
 * Finds the merge fields of a text. The grammar is plain on purpose: {{name}} and nothing else, no helper, no block,
 * no third brace. Everything else in double braces is a fault that names it; values are never read again.
 */
export function scanMergeFields(text: string): MergeScan {
  const parts: MergeScan['parts'] = []
  const faults: TextFault[] = []
  let at = 0
  let line = 1
  let counted = 0
  for (const found of text.matchAll(BRACES)) {
    const [raw, inside, closing] = found
    for (; counted < found.index; counted++) if (text[counted] === '\n') line++
    const fault = (code: FindingCode, message: string) =>
      faults.length < MOST_FAULTS && faults.push({ code, message, line })
    const name = (inside ?? '').trim()
    if (inside === undefined) fault('merge_unopened', `"${raw}" closes a merge field that was never opened.`)
    else if (closing === undefined) fault('merge_unclosed', `The merge field "${raw.trim()}" is not closed with }}.`)
    else if (raw.startsWith('{{{') || closing.length > 2)
      fault('merge_not_plain', `"${raw}" has too many braces; write {{${name}}}.`)
    else if (isMergeField(name)) {
      parts.push(text.slice(at, found.index), { field: pieceField(name, text.slice(0, found.index)) })
      at = found.index + raw.length
    } else if (LATER_FIELDS.has(name)) fault('merge_unavailable', `The merge field {{${name}}} is not available yet.`)
    else if (/^[\p{L}\d_]+(\.[\p{L}\d_]+)*$/u.test(name)) {
      const meant = suggestField(name)
      fault('merge_unknown', `There is no merge field {{${name}}}.${meant ? ` Did you mean {{${meant}}}?` : ''}`)
    } else
      fault('merge_not_plain', `"${raw}" is not a plain merge field; only names such as {{partner.given_name}} are.`)
  }
  parts.push(text.slice(at))
  return { parts: parts.filter((part) => part !== ''), faults }
}

function pieceField(name: MergeField, before: string): PieceField {
  const capital = MERGE_FIELDS[name].may_be_empty && SENTENCE_START.test(before.slice(-80))
  return capital ? `${name}^` : name
}
