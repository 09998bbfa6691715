import type { Token } from 'markdown-it'
import { FOOTER, MERGE_FIELDS } from './merge-fields.ts'
import type { ParsedVariant } from './parse.ts'
import type { Phrases, ReaderLinks } from './phrases.ts'
import type { Markers } from './pieces.ts'

const WIDTH = 76
// Before a right-to-left line that begins with a name or a number: programs take the first strong letter's direction.
const RLM = '\u200F'

interface Writer {
  lines: string[]
  rtl: boolean
  markers: Markers
  /** Links inside sentences, numbered over the whole text. */
  numbered: number
}

/**
 * The text part, from the same tokens as the HTML: paragraphs wrapped at 76 characters, lists with dashes, a link
 * that stands alone as "text: address", one inside a sentence numbered with its address below. Right to left, every
 * address has a line of its own, so that nothing can turn it round.
 */
export function writeText(
  variant: ParsedVariant,
  phrases: Phrases,
  direction: 'ltr' | 'rtl',
  { unsubscribe, preferences }: ReaderLinks,
) {
  const { extras } = variant.marked
  const writer: Writer = { lines: [], rtl: direction === 'rtl', markers: variant.markers, numbered: 0 }
  if (extras.curator) writeParagraph(writer, `${phrases.curator} ${extras.curator}`)
  writeBlocks(writer, variant.tokens)
  if (extras.video) writeLinks(writer, phrases.watch, [extras.video])
  if (extras.links.length > 0) writeLinks(writer, phrases.read_more, extras.links)

  const footer: Writer = { ...writer, rtl: phrases.direction === 'rtl' }
  const mark = variant.markers.mark
  writeParagraph(footer, '-'.repeat(40))
  for (const sentence of [phrases.programme, phrases.why, phrases.reply]) writeLine(footer, mark(sentence), '', '')
  // Its lines begin with their own line break, so that an empty footer leaves no hole.
  footer.lines.push(`${footer.lines.pop()}${variant.markers.own(FOOTER)}`)
  if (unsubscribe) writeLink(footer, phrases.stop, unsubscribe, '', '')
  if (preferences) writeLink(footer, phrases.preferences, preferences, '', '')
  return `${writer.lines.join('\n').trim()}\n`
}

function writeLinks(writer: Writer, heading: string, links: { title: string; url: string }[]): void {
  writeParagraph(writer, heading)
  writer.lines.push('')
  for (const link of links) writeLink(writer, link.title, link.url, '- ', '  ')
}

/** Walks the block tokens; `first` and `rest` are what the containers put before a block's lines. */
function writeBlocks(writer: Writer, tokens: Token[]): void {
  const containers: { first: string; rest: string; next?: number }[] = []
  let tight = false
  let blank = true
  for (const token of tokens) {
    const first = containers.map((container) => container.first).join('')
    const rest = containers.map((container) => container.rest).join('')
    if (token.type === 'paragraph_open') tight = token.hidden
    else if (token.type.endsWith('_list_open')) {
      blank ||= containers.length === 0
      const start = token.type === 'ordered_list_open' ? { next: Number(token.attrGet('start') ?? 1) } : {}
      containers.push({ first: '', rest: '', ...start })
    } else if (token.type === 'list_item_open') {
      const list = containers.at(-1)
      const mark = list?.next === undefined ? '- ' : `${list.next++}. `
      containers.push({ first: mark, rest: ' '.repeat(mark.length) })
    } else if (token.type === 'blockquote_open') containers.push({ first: '> ', rest: '> ' })
    else if (/^(bullet_list|ordered_list|list_item|blockquote)_close$/.test(token.type)) {
      containers.pop()
      blank ||= containers.length === 0
    } else if (/^(inline|fence|code_block|hr)$/.test(token.type)) {
      if (blank) separate(writer, rest)
      if (token.type === 'inline') writeInline(writer, token.children ?? [], first, rest)
      else if (token.type === 'hr') writeLine(writer, '* * *', first, rest)
      else for (const line of token.content.trimEnd().split('\n')) writer.lines.push(`${rest}    ${line}`)
      blank = token.type !== 'inline' || !tight
      // A list's dash stands before the first line of its item only.
      for (const container of containers) container.first = container.rest
    } else if (token.type === 'heading_open') tight = false
    else if (token.type === 'heading_close') {
      const length = Math.min(measure(writer, writer.lines.at(-1) ?? ''), WIDTH)
      writer.lines.push(
        `${writer.rtl ? RLM : ''}${rest}${(token.tag === 'h1' ? '=' : '-').repeat(Math.max(length, 3))}`,
      )
    }
  }
}

function writeInline(writer: Writer, children: Token[], first: string, rest: string): void {
  const alone = loneLink(children)
  if (alone) {
    writeLink(writer, alone.text, alone.url, first, rest)
    return
  }
  const below: string[] = []
  let text = ''
  let link: { url: string; from: number } | undefined
  for (const child of children) {
    if (child.type === 'softbreak') text += ' '
    else if (child.type === 'hardbreak') text += '\n'
    else if (child.type === 'image') text += child.content.trim() === '' ? '' : `[${child.content}]`
    else if (child.type === 'link_open') link = { url: urlOf(child), from: text.length }
    else if (child.type === 'link_close' && link) {
      const same = text.slice(link.from).trim() === link.url
      if (same && writer.rtl) text = text.slice(0, link.from)
      if (!same || writer.rtl) {
        text += `${same ? '' : ' '}[${++writer.numbered}]`
        below.push(`[${writer.numbered}]`, link.url)
      }
      link = undefined
    } else text += child.content
  }
  for (const [at, line] of text.split('\n').entries()) writeLine(writer, line, at === 0 ? first : rest, rest)
  for (let at = 0; at < below.length; at += 2) {
    if (writer.rtl) writer.lines.push(`${RLM}${rest}${below[at]}`, `${rest}${below[at + 1]}`)
    else writer.lines.push(`${rest}${below[at]} ${below[at + 1]}`)
  }
}

function loneLink(children: Token[]): { text: string; url: string } | undefined {
  const seen = children.filter((child) => child.type !== 'text' || child.content.trim() !== '')
  const [open] = seen
  const links = seen.filter((child) => child.type === 'link_open').length
  if (open?.type !== 'link_open' || links !== 1 || seen.at(-1)?.type !== 'link_close') return undefined
  return { text: seen.map((child) => child.content).join(''), url: urlOf(open) }
}

function urlOf(open: Token): string {
  return String(open.attrGet('href') ?? '').replace(/^mailto:/i, '')
}

function writeLink(writer: Writer, text: string, url: string, first: string, rest: string): void {
  if (text.trim() === url || text.trim() === '') writer.lines.push(`${first}${url}`)
  else {
    const introduced = /[\p{P}\p{S}]$/u.test(text.trim()) ? text.trim() : `${text.trim()}:`
    const oneLine = measure(writer, `${first}${introduced} ${url}`) <= WIDTH
    if (oneLine && !writer.rtl) writer.lines.push(`${first}${introduced} ${url}`)
    else {
      writeLine(writer, introduced, first, rest)
      writer.lines.push(`${writer.rtl ? '' : rest}${url}`)
    }
  }
}

function writeParagraph(writer: Writer, text: string): void {
  separate(writer, '')
  writeLine(writer, text, '', '')
}

/** Words onto lines of at most 76 characters; a longer word has a line of its own. */
function writeLine(writer: Writer, text: string, first: string, rest: string): void {
  let line = ''
  let prefix = first
  const flush = () => writer.lines.push(`${writer.rtl ? RLM : ''}${prefix}${line}`)
  for (const word of text.split(/[ \t]+/).filter(Boolean)) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line !== '' && prefix.length + measure(writer, longer) > WIDTH) {
      flush()
      prefix = rest
      line = word
    } else line = longer
  }
  flush()
}

function separate(writer: Writer, prefix: string): void {
  const last = writer.lines.at(-1)
  if (last !== undefined && last.trim() !== '' && last.trim() !== '>') writer.lines.push(prefix.trimEnd())
}

/** Length as read: a merge field counts as long as its sample. */
function measure(writer: Writer, text: string): number {
  return writer.markers.replace(text, (field) => MERGE_FIELDS[field].sample).length
}
