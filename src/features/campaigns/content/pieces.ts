import { randomBytes } from 'node:crypto'
import { baseField, isOwnField, MERGE_FIELDS, type MergeField, type OwnField, type PieceField } from './merge-fields.ts'
import { scanMergeFields } from './merge-syntax.ts'

/**
 * A stretch of final text, a value to put in for each person, or the address of a link that may lead through a
 * redirect: as it is, not escaped. What was compiled before there were redirects has none of these, and its addresses
 * stand in the text: they are written as they are.
 */
export type Piece = TextPiece | { link: string }
/** Of a text whose links are decided. */
export type TextPiece = string | { field: PieceField }

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
  /** A marker for what is put in beside the merge fields. */
  own(field: OwnField): string
  /** A marker for the address of a link that may lead through a redirect. */
  link(url: string): string
  /** The text cut at its markers; a part with a field is the marker itself. */
  parts(text: string): { text: string; field?: MergeField }[]
  /** The marker of each merge field replaced, for measuring, isolating or showing a sample. */
  replace(text: string, by: (field: MergeField, marker: string) => string): string
}

export function openMarkers(): Markers {
  const secret = `pp${randomBytes(12).toString('hex')}`
  const pattern = new RegExp(`${secret}z(\\d+)z`, 'g')
  const whole = new RegExp(`^${pattern.source}$`)
  const marked: Exclude<Piece, string>[] = []
  const markerOf = (piece: Exclude<Piece, string>) => `${secret}z${marked.push(piece) - 1}z`
  const pieceAt = (index: string) => marked[Number(index)] as Exclude<Piece, string>
  const mergeFieldAt = (index: string | undefined) => {
    const piece = index === undefined ? undefined : pieceAt(index)
    return piece === undefined || 'link' in piece || isOwnField(piece.field) ? undefined : baseField(piece.field)
  }
  const replace: Markers['replace'] = (text, by) =>
    text.replace(pattern, (marker, index: string) => {
      const field = mergeFieldAt(index)
      return field === undefined ? marker : by(field, marker)
    })
  return {
    mark(text) {
      return scanMergeFields(text)
        .parts.map((part) => (typeof part === 'string' ? part : markerOf(part)))
        .join('')
    },
    split(text) {
      const pieces: Piece[] = text
        .split(pattern)
        .map((part, at) => (at % 2 === 0 ? part : pieceAt(part)))
        .filter((piece) => piece !== '')
      if (pieces.some((piece) => typeof piece === 'string' && piece.includes(secret)))
        throw new Error('a merge field was damaged while the text was compiled')
      return pieces
    },
    only(text) {
      return mergeFieldAt(whole.exec(text)?.[1])
    },
    has: (text) => text.includes(secret),
    own: (field) => markerOf({ field }),
    link: (url) => markerOf({ link: url }),
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
    .flatMap((piece) =>
      typeof piece === 'string' || 'link' in piece || isOwnField(piece.field) ? [] : [baseField(piece.field)],
    )
  return [...new Set(used)]
}

/** The addresses that may lead through a redirect, each once. */
export function linksIn(pieces: readonly Piece[]): string[] {
  return [...new Set(pieces.flatMap((piece) => (typeof piece !== 'string' && 'link' in piece ? piece.link : [])))]
}

/** The text as it reads with the sample of each field, and `own` for what is put in beside them. */
export function sampleText(pieces: readonly Piece[], own: Partial<Record<OwnField, string>> = {}): string {
  return pieces
    .map((piece) => {
      if (typeof piece === 'string') return piece
      if ('link' in piece) return piece.link
      return isOwnField(piece.field) ? (own[piece.field] ?? '') : MERGE_FIELDS[baseField(piece.field)].sample
    })
    .join('')
}
