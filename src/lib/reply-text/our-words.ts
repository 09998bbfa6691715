import type { Line } from './lines.ts'

/** So many words in the order of our text make one place of it recognisable, and so many are surely a copy. */
const SEED = 4
const SURE = 8
/** A word may stand in our text very often ("the the the …"): only its first places are tried. */
const MOST_PLACES = 8
/** No person writes more in an answer, and no message of ours has more. */
const MOST_WORDS = 20_000
/** Behind a copied stretch, lines that are found within so many words of ours belong to it. */
const REACH = 40

const WORD =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]|[[\p{L}\p{M}\p{N}]--[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]]+/gv
const LINK = /<?\b(?:https?:\/\/|mailto:|www\.)[^\s<>]{1,2000}>?/gi
const MARKS = /^[\s>|]+/

interface Word {
  text: string
  line: number
  start: number
  end: number
}

/**
 * Takes out of the lines that are still the writer's what is a copy of our own message, wherever it stands, without
 * `>`, wrapped anew or with links in brackets. At least SURE words in our order make a copy; then the lines directly
 * around it that stand so in our text go too. Fewer words are the writer's: "I still want to take part" answers us
 * in our own words.
 */
export function takeOutOurs(lines: Line[], sent: string): boolean {
  const ours = wordsOf([{ text: sent }], () => true).map((word) => word.text)
  const theirs = wordsOf(lines, (line) => line.mark === 'own')
  if (ours.length === 0 || theirs.length === 0) return false
  if (ours.length >= 2 && theirs.length === ours.length && theirs.every((word, at) => word.text === ours[at])) {
    for (const line of lines) if (line.mark === 'own' && line.plain !== '') line.mark = 'quote'
    return true
  }
  const copied = new Uint8Array(theirs.length)
  if (!findCopies(theirs, ours, copied)) return false
  markCopied(lines, theirs, copied)
  markWordless(lines)
  return true
}

/** Between two lines that went, a line without words (a link of ours, a rule) goes too. */
function markWordless(lines: Line[]): void {
  let before: Line | undefined
  let between: Line[] = []
  for (const line of lines) {
    if (line.plain === '') continue
    if (line.mark === 'own' && !/[\p{L}\p{N}]/u.test(line.plain.replace(LINK, ''))) between.push(line)
    else {
      if (line.mark === 'quote' && before?.mark === 'quote') for (const one of between) one.mark = 'quote'
      between = []
      before = line
    }
  }
  if (before?.mark === 'quote') for (const one of between) one.mark = 'quote'
}

function wordsOf<Item extends { text: string }>(items: readonly Item[], wanted: (item: Item) => boolean): Word[] {
  const words: Word[] = []
  for (let line = 0; line < items.length && words.length < MOST_WORDS; line++) {
    const item = items[line] as Item
    if (!wanted(item)) continue
    // Links keep their length so that places in the line stay right.
    const text = item.text.replace(LINK, (link) => ' '.repeat(link.length))
    for (const match of text.matchAll(WORD))
      words.push({
        text: match[0].normalize('NFKC').toLowerCase(),
        line,
        start: match.index,
        end: match.index + match[0].length,
      })
  }
  return words
}

function findCopies(theirs: readonly Word[], ours: readonly string[], copied: Uint8Array): boolean {
  const seedAt = (at: number) => ours.slice(at, at + SEED).join(' ')
  const places = new Map<string, number[]>()
  for (let at = 0; at + SEED <= ours.length; at++) {
    const seed = seedAt(at)
    const known = places.get(seed)
    if (!known) places.set(seed, [at])
    else if (known.length < MOST_PLACES) known.push(at)
  }
  let any = false
  let at = 0
  while (at + SEED <= theirs.length) {
    const seed = `${theirs[at]?.text} ${theirs[at + 1]?.text} ${theirs[at + 2]?.text} ${theirs[at + 3]?.text}`
    let length = 0
    let place = 0
    for (const candidate of places.get(seed) ?? []) {
      let run = SEED
      while (theirs[at + run] && theirs[at + run]?.text === ours[candidate + run]) run++
      if (run > length) [length, place] = [run, candidate]
    }
    if (length < SURE) {
      at++
      continue
    }
    any = true
    copied.fill(1, at, at + length)
    backwards(theirs, ours, copied, at, place)
    at = forwards(theirs, ours, copied, at + length, place + length)
  }
  return any
}

/** Whole lines behind a copy that stand soon behind it in our text too, in order: "Warm regards", a name. */
function forwards(theirs: readonly Word[], ours: readonly string[], copied: Uint8Array, from: number, place: number) {
  let at = from
  let next = place
  for (;;) {
    const end = endOfLine(theirs, at)
    if (end === at) return at
    const found = indexWithin(theirs, at, end, ours, next, Math.min(ours.length, next + REACH))
    if (found < 0) return at
    copied.fill(1, at, end)
    next = found + end - at
    at = end
  }
}

function backwards(theirs: readonly Word[], ours: readonly string[], copied: Uint8Array, from: number, place: number) {
  let end = from
  let before = place
  while (end > 0 && copied[end - 1] === 0) {
    let start = end - 1
    while (start > 0 && theirs[start - 1]?.line === theirs[end - 1]?.line) start--
    // One or two words right above are more likely the answer than our heading.
    if (end - start < 3 || copied[start] === 1) return
    const found = indexWithin(theirs, start, end, ours, Math.max(0, before - REACH), before)
    if (found < 0) return
    copied.fill(1, start, end)
    before = found
    end = start
  }
}

function endOfLine(words: readonly Word[], from: number): number {
  let end = from
  while (end < words.length && words[end]?.line === words[from]?.line) end++
  return end
}

function indexWithin(
  theirs: readonly Word[],
  start: number,
  end: number,
  ours: readonly string[],
  from: number,
  to: number,
): number {
  const length = end - start
  for (let at = from; at + length <= to; at++) {
    let same = 0
    while (same < length && theirs[start + same]?.text === ours[at + same]) same++
    if (same === length) return at
  }
  return -1
}

/** Lines with nothing left become quote; of others the copied stretch is cut out. */
function markCopied(lines: Line[], words: readonly Word[], copied: Uint8Array): void {
  for (let at = 0; at < words.length; ) {
    const end = endOfLine(words, at)
    const line = lines[(words[at] as Word).line] as Line
    let left = ''
    let from = 0
    let any = false
    for (let word = at; word < end; ) {
      if (copied[word] === 0) {
        word++
        continue
      }
      any = true
      let last = word
      while (last + 1 < end && copied[last + 1] === 1) last++
      left += `${line.text.slice(from, (words[word] as Word).start)} `
      from = (words[last] as Word).end
      word = last + 1
    }
    if (any) {
      left += line.text.slice(from)
      // What is left of a copied line without letters are stops, brackets and links.
      if (!/[\p{L}\p{N}]/u.test(left.replace(LINK, ''))) line.mark = 'quote'
      else {
        line.text = left.replace(MARKS, '').trim()
        line.plain = line.text
      }
    }
    at = end
  }
}
