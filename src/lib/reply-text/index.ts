/**
 * What somebody wrote now in a mail that answers another: without the quoted history, its introduction, signature,
 * the footer of a telephone and legal notices. Owns the words by which mail programs of about thirty languages
 * introduce a quote (`words/`) and the names of their HTML elements (`html-marks.ts`). Pure: no I/O.
 *
 * Guarantees: linear time with caps (lines.ts), no recursion over the document, no pattern with nested repetition over
 * unbounded text. A quote that leaks is held worse than a greeting that is lost, and words of the writer that are
 * lost worse than a sign-off that stays; so "Kind regards, Ana" stays and text below "On … wrote:" without marks goes.
 * Contact lines below a closing name go only where their form says nothing else (contact-lines.ts), never with a word
 * that may be an answer (answer-words.ts).
 * Does not decide what an answer means, and does not decode mail: it takes decoded parts.
 */
import { linesOfHtml } from './html-lines.ts'
import type { Line } from './lines.ts'
import { takeOutOurs } from './our-words.ts'
import { markQuotes } from './quotes.ts'
import { markSignature } from './signature.ts'
import { linesOfText } from './text-lines.ts'

export interface ReplyText {
  /** What the writer wrote now: lines without blanks at their ends, no blank lines around; empty if nothing. */
  visible: string
  /** Quoted history with its introductions, as it stood. */
  quoted: string
  /** Signature, footers and notices, as they stood. */
  signature: string
  /** Which part was read: the HTML where it has a structure we know, else the text. */
  from: 'html' | 'text'
  had_quote: boolean
}

/**
 * Reads decoded text and HTML parts, at most 200,000 characters and 10,000 lines of each; more is not looked at.
 * `sent` is the plain text of the message of ours that this answers, where the caller knows it: copies of it are
 * taken out wherever they stand. Never throws.
 */
export function readReplyText(input: {
  text?: string | undefined
  html?: string | undefined
  sent?: string | undefined
}): ReplyText {
  const { lines, from } = linesOf(input.text, input.html)
  const marked = lines.some((line) => line.mark === 'quote' && line.plain !== '')
  markQuotes(lines)
  const ours = input.sent ? takeOutOurs(lines, input.sent) : false
  markSignatures(lines)
  const quoted = textOf(lines, 'quote')
  return {
    visible: textOf(lines, 'own'),
    quoted,
    signature: textOf(lines, 'signature'),
    from,
    had_quote: marked || ours || quoted !== '',
  }
}

function linesOf(text: string | undefined, html: string | undefined): { lines: Line[]; from: 'html' | 'text' } {
  const written = text !== undefined && text.trim() !== ''
  if (html === undefined || html.trim() === '') return { lines: linesOfText(text ?? ''), from: 'text' }
  const { lines, structured } = linesOfHtml(html)
  const shown = lines.some((line) => line.plain !== '')
  return written && !(structured && shown) ? { lines: linesOfText(text), from: 'text' } : { lines, from: 'html' }
}

/** Each stretch between two quotes has its own signature. */
function markSignatures(lines: Line[]): void {
  for (let at = 0; at < lines.length; ) {
    let end = at
    while (end < lines.length && (lines[end] as Line).mark !== 'quote') end++
    if (end > at) markSignature(lines, at, end)
    at = end + 1
  }
}

/** The lines of one mark; where others stood between, one blank line. */
function textOf(lines: readonly Line[], mark: Line['mark']): string {
  const kept: string[] = []
  let gap = true
  for (const line of lines) {
    const blank = line.plain === ''
    if (line.mark !== mark) gap ||= !blank
    else if (!gap) kept.push(line.text)
    else if (!blank) {
      dropBlanksAtEnd(kept)
      if (kept.length > 0) kept.push('')
      kept.push(line.text)
      gap = false
    }
  }
  dropBlanksAtEnd(kept)
  return kept.join('\n')
}

function dropBlanksAtEnd(lines: string[]): void {
  while (lines.length > 0 && (lines.at(-1) as string).trim() === '') lines.pop()
}
