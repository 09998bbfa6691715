/** A piece of a text; `marked` when it decided something. */
export interface TextPart {
  text: string
  marked: boolean
}

/** More words than any reply is decided by. */
const MOST_WORDS = 50

/**
 * Cuts a text where the words stand in it, letter for letter; what overlaps or touches is one piece. Joined again, the
 * pieces are the text.
 */
export function markWords(text: string, words: readonly string[]): TextPart[] {
  const spans = words.slice(0, MOST_WORDS).flatMap((word) => spansOf(text, word))
  spans.sort((a, b) => a.from - b.from || b.to - a.to)
  const parts: TextPart[] = []
  let at = 0
  const add = (to: number, marked: boolean) => {
    if (to <= at) return
    const last = parts.at(-1)
    if (last?.marked && marked) last.text += text.slice(at, to)
    else parts.push({ text: text.slice(at, to), marked })
    at = to
  }
  for (const { from, to } of spans) {
    add(from, false)
    add(to, true)
  }
  add(text.length, false)
  return parts
}

function spansOf(text: string, word: string): { from: number; to: number }[] {
  const spans: { from: number; to: number }[] = []
  if (word.trim() === '') return spans
  for (let from = text.indexOf(word); from !== -1; from = text.indexOf(word, from + word.length))
    spans.push({ from, to: from + word.length })
  return spans
}

/** The beginning of a text on one line, with its marks, for lists. */
export function shorten(text: string, most: number): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  if (line.length <= most) return line
  const cut = line.slice(0, most).replace(/[\ud800-\udbff]$/, '')
  return `${cut.replace(/\s+\S{0,20}$/, '')}…`
}
