import { InvalidInput } from '../../../lib/errors.ts'
import type { Lane } from '../schema.ts'
import { writeHtml } from './html-part.ts'
import { directionOf, parseLanguage } from './language.ts'
import type { MergeField } from './merge-fields.ts'
import { parseVariant, type VariantText } from './parse.ts'
import { phrasesOf, type ReaderKind } from './phrases.ts'
import { fieldsOf, type Piece } from './pieces.ts'
import { writeText } from './text-part.ts'

/** One language of one version, ready to be sent: final text with gaps for values. Plain JSON. */
export interface Compiled {
  language: string
  direction: 'ltr' | 'rtl'
  subject: Piece[]
  preheader: Piece[]
  html: Piece[]
  text: Piece[]
  fields: MergeField[]
  /** Every web address of the message, once; those that differ for each person are not among them. */
  links: string[]
}

/**
 * Compiles a variant, once per version: 20 to 60 ms, most of it MJML. A pure function of its input.
 * @throws InvalidInput naming every merge field and link that stops it
 */
export async function compileVariant(input: {
  language: string
  lane: Lane
  /** To whom it is written: it says at its end why they get it. */
  reader?: ReaderKind
  text: VariantText
}): Promise<Compiled> {
  const parsed = parseVariant(input.text, input.language)
  if (parsed.faults.length > 0) {
    throw new InvalidInput(
      parsed.faults.map(({ field, line, message }) => ({
        field: `variants.${input.language}.${field}`,
        message: line === undefined ? message : `Line ${line}: ${message}`,
      })),
      'not_compilable',
    )
  }
  const language = parseLanguage(input.language) as string
  const direction = directionOf(language)
  const phrases = phrasesOf(language, input.reader)
  const { markers, marked } = parsed
  const mark = (link: string) => (input.lane === 'campaign' ? markers.mark(link) : undefined)
  // Preferences are a participant's.
  const preferences = input.reader === 'interested' ? undefined : mark('{{links.preferences}}')
  const own = { unsubscribe: mark('{{links.unsubscribe}}'), preferences }
  const counted = input.lane === 'campaign'
  const html = markers.split(await writeHtml(parsed, phrases, { language, direction, counted, ...own }))
  const text = markers.split(writeText(parsed, phrases, direction, own))
  const subject = markers.split(marked.subject)
  const preheader = markers.split(marked.preheader)
  return {
    language,
    direction,
    subject,
    preheader,
    html,
    text,
    fields: fieldsOf(subject, html, text),
    links: [...new Set(parsed.links.map((link) => link.url).filter((url) => /^https?:/i.test(url)))],
  }
}
