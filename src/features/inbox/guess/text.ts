/**
 * A reply cut into clauses of words. Words keep their place in the text, so that staff see what was read verbatim.
 */

export interface Word {
  /** As written, for people. */
  raw: string
  /** Lower case, one form for what Unicode and keyboards write in several. */
  text: string
  /** The same without accents: what people write whose keyboard has none. */
  bare: string
  kind: 'word' | 'emoji' | 'number' | 'link'
  /** First letter upper case and the rest not: perhaps a name. */
  title: boolean
  /** Writes its words without spaces between them: here every character is a word. */
  joined: boolean
  start: number
  end: number
}

export interface Clause {
  words: Word[]
  /** Ends with a question mark, or begins with one as Spanish does. */
  asks: boolean
  /** Ends with a semicolon, which is the Greek question mark. */
  semicolon: boolean
  /** Number of the written line, wrapped lines counted as one. */
  line: number
  /** Number of the sentence: commas do not end one. */
  sentence: number
}

const JOINED = '[\\p{scx=Han}\\p{scx=Hira}\\p{scx=Kana}\\p{scx=Hang}\\p{sc=Thai}\\p{sc=Khmer}\\p{sc=Lao}\\p{sc=Mymr}]'
const IN_WORD = `[[\\p{L}\\p{M}\\p{N}\\u00ad\\u200b\\u200d]--${JOINED}]`
/** A character of a joined script, a word with its apostrophes, an emoji, or a mark that ends a clause. */
const PIECE = new RegExp(
  `(?<joined>[${JOINED}&&[\\p{L}\\p{M}\\p{N}]])|(?<word>${IN_WORD}+(?:['’‘ʼ\`´]${IN_WORD}+)*['’]?)` +
    `|(?<emoji>\\p{Extended_Pictographic}|:['’]?-?\\()|(?<asks>[?？؟¿⁇⁈⁉❓❔])|(?<ends>[.!,;:…。．！，、；：،؛·\\(\\)\\[\\]"“”«»„\\/\\|—–=]|(?<=\\s|^)-+(?=\\s|$))`,
  'gv',
)
const LINK = /^(?:https?:\/\/|www\.)|^[^@]+@[^@]+\.[^@]+$/iu
/** "No. 7" of an address and "Tel No:" are about numbers, no answers. */
const NUMBER_SIGN =
  /\bn[orº°]\.?(?=\s?\d)|(?<=\b(?:tel|telephone|phone|mobile|mob|cell|fax|reg|registration|roll|box|room|house|id|staff|student|matric|licen[cs]e)\.?\s)no\b/giu
const LONG_LINE = 50
const LONGEST_CHUNK = 120

/** Linear in the length of the text; the caller caps it. */
export function cutClauses(visible: string): Clause[] {
  const text = visible.replace(NUMBER_SIGN, (found) => '0'.repeat(found.length))
  const clauses: Clause[] = []
  let clause: Clause = { words: [], asks: false, semicolon: false, line: 0, sentence: 0 }
  let line = 0
  let sentence = 0
  const close = () => {
    if (clause.words.length > 0 || clause.asks) clauses.push(clause)
    clause = { words: [], asks: false, semicolon: false, line, sentence }
  }
  let before = ''
  for (const { found, at } of linesOf(text)) {
    if (!isWrapped(before, found)) {
      line++
      sentence++
      close()
    }
    before = found
    for (const chunk of found.matchAll(/\S+/gu)) {
      const from = at + chunk.index
      if (LINK.test(chunk[0].slice(0, LONGEST_CHUNK)) || chunk[0].length > LONGEST_CHUNK * 20) {
        clause.words.push(wordOf(chunk[0], from, 'link'))
        continue
      }
      for (const piece of chunk[0].matchAll(PIECE)) {
        const { joined, word, emoji, asks, ends } = piece.groups as Record<string, string | undefined>
        const start = from + piece.index
        if (emoji !== undefined) clause.words.push(wordOf(emoji, start, 'emoji'))
        else if (joined !== undefined) clause.words.push({ ...wordOf(joined, start, 'word'), joined: true })
        else if (word !== undefined) clause.words.push(...wordsOf(word, start))
        else if (asks === '¿') {
          close()
          clause.asks = true
        } else if (asks !== undefined) {
          if (clause.words.length > 0) clause.asks = true
          else {
            const last = clauses.at(-1)
            if (last) last.asks = true
            else clause.asks = true
          }
          sentence++
          close()
        } else if (ends !== undefined) {
          clause.semicolon = ends === ';'
          if (/[.!。！…]/u.test(ends)) sentence++
          close()
        }
      }
    }
  }
  close()
  return clauses
}

function linesOf(text: string): { found: string; at: number }[] {
  let at = 0
  return text.split('\n').map((found) => {
    const line = { found, at }
    at += found.length + 1
    return line
  })
}

/** Mail programs break long lines: the sentence goes on in the next, unless that begins like a new one. */
function isWrapped(before: string, line: string): boolean {
  if (before.length < LONG_LINE || line.trim() === '') return false
  return !/[.!?。！？؟:]\s*$/u.test(before) && !/^\s*[-*•\d>]/u.test(line)
}

/** In Arabic and Hebrew "and" is written as the first letter of the next word: there it becomes a word. */
function wordsOf(raw: string, start: number): Word[] {
  if (/^[وו]\p{L}{4}/u.test(raw))
    return [wordOf(raw.slice(0, 1), start, 'word'), wordOf(raw.slice(1), start + 1, 'word')]
  return [wordOf(raw, start, /^\p{N}/u.test(raw) ? 'number' : 'word')]
}

function wordOf(raw: string, start: number, kind: Word['kind']): Word {
  const text = kind === 'link' ? raw : plainForm(raw)
  const letters = raw.replace(/[^\p{L}]/gu, '')
  return {
    raw,
    text,
    bare: withoutAccents(text),
    kind,
    title: /^\p{Lu}/u.test(letters) && (letters.length === 1 || !/^\p{Lu}+$/u.test(letters)),
    joined: false,
    start,
    end: start + raw.length,
  }
}

const PAIRS =
  '確确認认參参願愿這这時时間间無无沒没謝谢來来會会個个們们對对問问題题請请後后說说還还過过為为與与開开關关繼继續续計计劃划項项輪轮動动機机遺遗絕绝棄弃額额讓让給给別别見见現现當当應应該该夠够嗎吗麼么樂乐興兴歡欢選选擇择郵邮電电變变換换師师學学圖图書书館馆國国際际網网絡络員员從从進进將将處处種种實实點点條条準准備备終终總总雖虽單单簡简體体錯错長长門门複复覆复經经屆届報报訂订閱阅殘残啟启轉转職职務务離离須须寫写讀读聽听'
/** Characters of Chinese that one script writes otherwise; the same everywhere, so Japanese ones may change too. */
const SIMPLIFIED = new Map(Array.from(PAIRS.matchAll(/(.)(.)/gu), ([, from, to]) => [from as string, to as string]))
const TRADITIONAL = new RegExp(`[${[...SIMPLIFIED.keys()].join('')}]`, 'gu')

/**
 * Compatibility forms (full-width, ligatures) to plain ones (NFKC); Arabic without vowel signs and tatweel, its alef,
 * yeh, kaf and teh marbuta variants as one; Hebrew without points; the Turkish dotted capital as i; common traditional
 * Chinese characters as simplified ones.
 */
export function plainForm(word: string): string {
  return word
    .normalize('NFKC')
    .replace(/İ/g, 'i')
    .toLowerCase()
    .replace(/[’‘ʼ`´]/g, "'")
    .replace(/'$/, '')
    .replace(/\u00ad|\u200b|\u200d|\u0640|[\u064b-\u065f]|\u0670|[\u0591-\u05c7]/g, '')
    .replace(/[أإآٱ]/g, 'ا')
    .replace(/[ىی]/g, 'ي')
    .replace(/ک/g, 'ك')
    .replace(/[ةۀہە]/g, 'ه')
    .replace(TRADITIONAL, (character) => SIMPLIFIED.get(character) ?? character)
}

const LETTERS: Record<string, string> = { ı: 'i', đ: 'd', ł: 'l', ø: 'o', ß: 'ss', æ: 'ae', œ: 'oe' }

/** Marks of Indian scripts and of kana are letters to their readers and stay. */
export function withoutAccents(text: string): string {
  return text
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[ıđłøßæœ]/g, (letter) => LETTERS[letter] ?? letter)
    .normalize('NFC')
}
