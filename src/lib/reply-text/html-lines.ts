import { Tokenizer } from 'htmlparser2'
import { type Attributes, type ElementMark, hasRule, markOf } from './html-marks.ts'
import { type Line, LOOKED_AT, lineOf, type Mark, MOST_LINES } from './lines.ts'
import { type OpenElement, openElements } from './open-elements.ts'

/** Only these attributes are read, and no more of a value. */
const READ: ReadonlySet<string> = new Set(
  'id class style type name alt data-marker data-signatureblock data-smartmail data-emoji'.split(' '),
)
const LONGEST_VALUE = 500
const BREAKS: ReadonlySet<string> = new Set(
  'address article blockquote br center dd div dl dt fieldset footer form h1 h2 h3 h4 h5 h6 header hr li main ol p pre section table tr ul'.split(
    ' ',
  ),
)
/** What is between these tags is not shown. */
const UNSHOWN: ReadonlySet<string> = new Set(
  'head script style title noscript template textarea select svg math object'.split(' '),
)
const COUNTS: ReadonlySet<ElementMark> = new Set(['quote', 'wrapper', 'signature', 'hidden'])

export interface HtmlLines {
  lines: Line[]
  /** A mail program's own quote was found, so the marks of the lines can be trusted. */
  structured: boolean
}

/** An HTML part as the lines a reader sees, marked by the elements they stand in. One pass, nothing recursive. */
export function linesOfHtml(whole: string): HtmlLines {
  const html = whole.length > LOOKED_AT ? whole.slice(0, LOOKED_AT) : whole
  const page = openPage()
  const attribute = { name: '', value: '' }
  let name = ''
  let attributes: Record<string, string> = Object.create(null)

  const tokenizer: Tokenizer = new Tokenizer(
    { decodeEntities: true, xmlMode: false },
    {
      ontext: (start, end) => page.text(html.slice(start, end)),
      ontextentity: (code) => page.text(String.fromCodePoint(code)),
      onopentagname(start, end) {
        name = html.slice(start, end).toLowerCase()
        attributes = Object.create(null)
      },
      onattribname(start, end) {
        attribute.name = html.slice(start, end).toLowerCase()
        attribute.value = ''
      },
      onattribdata(start, end) {
        if (attribute.value.length < LONGEST_VALUE)
          attribute.value += html.slice(start, Math.min(end, start + LONGEST_VALUE))
      },
      onattribentity(code) {
        if (attribute.value.length < LONGEST_VALUE) attribute.value += String.fromCodePoint(code)
      },
      onattribend() {
        if (READ.has(attribute.name)) attributes[attribute.name] ??= attribute.value
      },
      onopentagend: () => page.open(name, attributes),
      onselfclosingtag: () => page.open(name, attributes),
      onclosetag: (start, end) => page.close(html.slice(start, end).toLowerCase()),
      oncdata() {},
      oncomment() {},
      ondeclaration() {},
      onprocessinginstruction() {},
      onend() {},
    },
  )
  tokenizer.write(html)
  tokenizer.end()
  return page.end()
}

/** The page as it is written, tag by tag. */
function openPage() {
  const lines: Line[] = []
  const elements = openElements()
  const depth = { quote: 0, signature: 0, hidden: 0, preformatted: 0 }
  let written = ''
  let unshown: string | undefined
  let after = false
  let structured = false

  const mark = (): Mark => (after || depth.quote > 0 ? 'quote' : depth.signature > 0 ? 'signature' : 'own')
  const add = (line: Line) => {
    if (lines.length < MOST_LINES) lines.push(line)
  }
  const endLine = () => {
    if (written.trim() !== '') add(lineOf(written.trimStart(), mark(), true))
    written = ''
  }
  const blank = () => {
    if (lines.at(-1)?.text !== '') add(lineOf('', mark(), true))
  }
  const count = ({ mark: kind, preformatted }: OpenElement, by: 1 | -1) => {
    if (preformatted) depth.preformatted += by
    if (kind === 'quote' || kind === 'wrapper') depth.quote += by
    else if (kind === 'signature' || kind === 'hidden') depth[kind] += by
  }
  const closed = (element: OpenElement) => {
    count(element, -1)
    const parent = elements.top()
    if (element.name !== 'blockquote' || element.mark !== 'quote' || parent?.mark !== 'wrapper') return
    // What stands below the blockquote in Gmail's wrapper was written by hand.
    count(parent, -1)
    parent.mark = undefined
  }

  return {
    text(text: string): void {
      if (unshown || depth.hidden > 0) return
      if (depth.preformatted === 0) {
        written += text.replace(/[ \t\r\n\f]+/g, written === '' || written.endsWith(' ') ? ' ' : ' ')
        return
      }
      const [first = '', ...others] = text.split(/\r\n|\n|\r/)
      written += first
      for (const other of others) {
        if (written.trim() === '') blank()
        endLine()
        written = other
      }
    },
    open(name: string, attributes: Attributes): void {
      if (unshown) return
      if (UNSHOWN.has(name)) {
        unshown = name
        return
      }
      if (name === 'img') written += emojiOf(attributes)
      if (name === 'td' || name === 'th') written += ' '
      const isBreak = BREAKS.has(name)
      if (isBreak) {
        if (name === 'br' && written.trim() === '') blank()
        endLine()
        if (elements.top()?.name === 'p') for (const element of elements.close('p')) closed(element)
      }
      const kind = markOf(name, attributes)
      if (kind) {
        endLine()
        structured ||= kind === 'quote' || kind === 'wrapper' || kind === 'after'
      }
      if (name === 'hr' || (isBreak && hasRule(attributes))) add(lineOf('', mark() === 'own' ? 'rule' : mark(), true))
      if (kind === 'after' && depth.hidden === 0) after = true
      if (name === 'p' && !/mso/i.test(attributes.class ?? '')) blank()
      if (!elements.keeps(name) || (name === 'p' && !COUNTS.has(kind))) return
      const preformatted = name === 'pre' || /white-space\s*:\s*pre/i.test(attributes.style ?? '')
      const element = { name, mark: COUNTS.has(kind) ? kind : undefined, preformatted }
      elements.open(element)
      count(element, 1)
    },
    close(name: string): void {
      if (unshown) {
        if (name === unshown) unshown = undefined
        return
      }
      if (BREAKS.has(name)) endLine()
      if (!elements.keeps(name)) {
        if (name === 'p') blank()
        return
      }
      for (const element of elements.close(name)) {
        if (element.mark) endLine()
        closed(element)
      }
      if (name === 'p') blank()
    },
    end(): HtmlLines {
      endLine()
      return { lines, structured }
    },
  }
}

/** Gmail and Outlook send a thumb as a picture with the character as its text. */
function emojiOf({ alt = '', ...attributes }: Attributes): string {
  const emoji = attributes['data-emoji'] ?? alt
  return emoji.length <= 8 && /\p{Extended_Pictographic}/u.test(emoji) ? emoji : ''
}
