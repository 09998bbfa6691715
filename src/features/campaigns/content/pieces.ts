import { randomBytes } from 'node:crypto'
import { baseField, FOOTER, MERGE_FIELDS, type MergeField, type PieceField } from './merge-fields.ts'
import { scanMergeFields } from './merge-syntax.ts'

/** A stretch of final text, or a value to put in for each person. */
export type Piece = string | { field: PieceField }

/**
 * Stand-ins for merge fields while a text goes through Markdown, Handlebars and MJML: letters and digits only, so
 * that nothing on the way changes them, and unguessable, so that no text can hold one.
 */
export interface Markers {
  /** The text with a marker for each merge field; what is faulty stays as it was written. */
  mark(text: string): string
  /** The pieces of a text that went through. @throws Error when a marker was damaged on the way */
  split(text: string): Piece[]
  /** The field when the whole text is one marker. */
  only(text: string): MergeField | undefined
  has(text: string): boolean
  /** A marker for the programme's footer. */
  footer(): string
  /** The text cut at its markers; a part with a field is the marker itself. */
  parts(text: string): { text: string; field?: MergeField }[]
  /** The marker of each merge field replaced, for measuring, isolating or showing a sample. */
  replace(text: string, by: (field: MergeField, marker: string) => string): string
}

export function openMarkers(): Markers {
  const secret = `pp${randomBytes(12).toString('hex')}`
  const pattern = new RegExp(`${secret}z(\\d+)z`, 'g')
  const whole = new RegExp(`^${pattern.source}$`)
  const fields: PieceField[] = []
  const fieldAt = (index: string) => fields[Number(index)] as PieceField
  const mergeFieldAt = (index: string | undefined) => {
    const field = index === undefined ? FOOTER : fieldAt(index)
    return field === FOOTER ? undefined : baseField(field)
  }
  const replace: Markers['replace'] = (text, by) =>
    text.replace(pattern, (marker, index: string) => {
      const field = mergeFieldAt(index)
      return field === undefined ? marker : by(field, marker)
    })
  return {
    mark(text) {
      return scanMergeFields(text)
        .parts.map((part) => (typeof part === 'string' ? part : `${secret}z${fields.push(part.field) - 1}z`))
        .join('')
    },
    split(text) {
      const pieces: Piece[] = text
        .split(pattern)
        .map((part, at) => (at % 2 === 0 ? part : { field: fieldAt(part) }))
        .filter((piece) => piece !== '')
      if (pieces.some((piece) => typeof piece === 'string' && piece.includes(secret)))
        throw new Error('a merge field was damaged while the text was compiled')
      return pieces
    },
    only(text) {
      return mergeFieldAt(whole.exec(text)?.[1])
    },
    has: (text) => text.includes(secret),
    footer: () => `${secret}z${fields.push(FOOTER) - 1}z`,
    parts: (text) =>
      text
        .split(new RegExp(`(${secret}z\\d+z)`))
        .filter((part) => part !== '')
        .map((part) => {
          const field = mergeFieldAt(whole.exec(part)?.[1])
          return field === undefined ? { text: part } : { text: part, field }
        }),
    replace,
  }
}

/** The fields that pieces use, each once, without the mark of a sentence start. */
export function fieldsOf(...texts: Piece[][]): MergeField[] {
  const used = texts
    .flat()
    .flatMap((piece) => (typeof piece === 'string' || piece.field === FOOTER ? [] : [baseField(piece.field)]))
  return [...new Set(used)]
}

/** The text as it reads with the sample of each field. */
export function sampleText(pieces: Piece[]): string {
  return pieces
    .map((piece) => {
      if (typeof piece === 'string') return piece
      return piece.field === FOOTER ? '' : MERGE_FIELDS[baseField(piece.field)].sample
    })
    .join('')
}
