import type { Lane } from '../schema.ts'
import { addressesOf } from './addresses.ts'
import type { Compiled } from './compile.ts'
import type { Finding, FindingCode } from './findings.ts'
import { OPENING, REDIRECT } from './merge-fields.ts'
import { type ParsedVariant, parseVariant, type VariantText } from './parse.ts'
import { sampleText } from './pieces.ts'
import { openingAsHtml, placeLinks } from './render.ts'

export interface VariantCheck {
  language: string
  lane: Lane
  text: VariantText
  /** Undefined when it could not be compiled: then the findings say why. */
  compiled: Compiled | undefined
  /** Size of pictures by address, where it is known. */
  picture_bytes?: Record<string, number>
  /** What is added when it leaves, each as long as a reader's own: its size is measured with it. */
  tracking?: {
    /** Where redirects begin; undefined when links lead to their plain address. */
    redirect: string | undefined
    /** The address of the picture that tells of an opening. */
    opening: string
  }
  /** What was found about addresses that lead nowhere, such as "answered 404". */
  dead_links?: Record<string, string>
}

/** Gmail cuts a message near 102 KB and hides the rest, the unsubscribe link too. */
const HTML_WARN_BYTES = 90 * 1024
const HTML_MOST_BYTES = 102 * 1024
const PICTURE_WARN_BYTES = 200 * 1024
/** What a phone shows of a subject is about half of this. */
const SUBJECT_WARN_LENGTH = 70

/** The checks of one language's text that need neither network nor browser. */
export function checkVariant(input: VariantCheck): Finding[] {
  const parsed = parseVariant(input.text, input.language)
  const findings: Finding[] = []
  const add = (level: Finding['level'], code: FindingCode, message: string, line?: number) =>
    findings.push({ level, code, message, variant: input.language, ...(line === undefined ? {} : { line }) })

  for (const fault of parsed.faults) add('problem', fault.code, fault.message, fault.line)
  if (parsed.text.body_markdown.trim() === '') add('problem', 'body_empty', 'The email has no text.')
  checkSubject(parsed, add)
  checkPictures(parsed, input.picture_bytes ?? {}, add)
  checkReading(parsed, add)
  checkAlive(parsed, input.dead_links ?? {}, add)
  if (input.compiled) checkCompiled(input.compiled, input, add)
  return findings
}

type Add = (level: Finding['level'], code: FindingCode, message: string, line?: number) => void

function checkSubject({ marked, markers, text }: ParsedVariant, add: Add): void {
  const subject = sampleText(markers.split(marked.subject))
  const letters = [...text.subject.replace(/\{\{[^}]*\}\}/g, '')].filter((letter) => /\p{Lu}|\p{Ll}/u.test(letter))
  const capitals = letters.filter((letter) => /\p{Lu}/u.test(letter)).length
  if (subject === '') add('problem', 'subject_empty', 'The subject is empty.')
  if (subject.length > SUBJECT_WARN_LENGTH)
    add('warning', 'subject_long', `The subject "${subject}" has ${subject.length} characters; phones show about 35.`)
  if (letters.length >= 8 && capitals / letters.length > 0.6)
    add('warning', 'subject_capitals', `The subject "${subject}" is in capital letters, as unwanted mail often is.`)
  if (text.preheader.trim() === '')
    add('warning', 'preheader_missing', 'There is no preheader: inboxes will show the first words of the text instead.')
}

function checkPictures({ pictures, text }: ParsedVariant, bytes: Record<string, number>, add: Add): void {
  const { image, video } = text.extras
  const all = [
    ...pictures.map(({ url, text: alt, line }) => ({ url, alt, line })),
    ...(image ? [{ url: image.url, alt: image.alt, line: undefined }] : []),
  ]
  for (const { url, alt, line } of all) {
    if (alt.trim() === '')
      add(
        'problem',
        'picture_without_description',
        `The picture ${url} has no description for those who cannot see it.`,
        line,
      )
  }
  const thumbnail = video?.thumbnail_url ? [{ url: video.thumbnail_url, line: undefined }] : []
  for (const { url, line } of [...all, ...thumbnail]) {
    const size = bytes[url] ?? 0
    if (size > PICTURE_WARN_BYTES)
      add(
        'warning',
        'picture_large',
        `The picture ${url} has ${Math.round(size / 1024)} KB; many readers pay for them.`,
        line,
      )
  }
}

const SAYS_NOTHING = new Set([
  ...['click here', 'here', 'click', 'link', 'this link', 'more', 'cliquez ici', 'cliquer ici', 'ici', 'lien'],
  ...['haz clic aquí', 'haga clic aquí', 'clic aquí', 'aquí', 'pincha aquí', 'اضغط هنا', 'انقر هنا', 'هنا'],
])

function checkReading({ links, headings }: ParsedVariant, add: Add): void {
  for (const link of links) {
    const words = link.text
      .trim()
      .replace(/[.!:→»›>\s]+$/u, '')
      .toLowerCase()
    if (SAYS_NOTHING.has(words))
      add('warning', 'click_here', `The link "${link.text.trim()}" does not say where it leads.`, link.line)
  }
  // The subject is the title of the message, so the text may begin with the second level.
  let last = 1
  for (const { level, line } of headings) {
    if (level > last + 1) add('warning', 'heading_order', `A heading of level ${level} follows level ${last}.`, line)
    last = level
  }
}

function checkAlive(parsed: ParsedVariant, dead: Record<string, string>, add: Add): void {
  for (const { url, line, is_picture } of addressesOf(parsed)) {
    if (Object.hasOwn(dead, url))
      add('warning', 'link_dead', `The ${is_picture ? 'picture' : 'link'} ${url} ${dead[url]}.`, line)
  }
}

function checkCompiled(compiled: Compiled, { lane, tracking }: VariantCheck, add: Add): void {
  if (lane === 'campaign' && !compiled.fields.includes('links.unsubscribe'))
    add('problem', 'unsubscribe_missing', 'The email has no link to stop these emails.')
  const bytes = measureHtml(compiled, tracking)
  const size = `The email has ${Math.round(bytes / 1024)} KB of HTML`
  if (bytes > HTML_MOST_BYTES) add('problem', 'html_too_large', `${size}; Gmail would cut it off at 102 KB.`)
  else if (bytes > HTML_WARN_BYTES) add('warning', 'html_large', `${size}, close to the 102 KB at which Gmail cuts.`)
}

/** Octets of the HTML as it leaves, with sample values and the picture that only some readers get. */
function measureHtml({ html }: Compiled, tracking: VariantCheck['tracking']): number {
  const redirect = tracking?.redirect
  const pieces = placeLinks(html, { counted: redirect !== undefined })
  const own = { [REDIRECT]: redirect ?? '', [OPENING]: openingAsHtml(tracking?.opening ?? '') }
  return Buffer.byteLength(sampleText(pieces, own))
}
