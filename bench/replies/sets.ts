import { readdirSync, readFileSync } from 'node:fs'
import { basename, extname, join } from 'node:path'
import { linesOfHtml } from '../../src/lib/reply-text/html-lines.ts'
import { CRISP, GITHUB, T2BOT, TRIMMER_SIGNATURES } from './expected-lines.ts'

/** One reply of a set, with what a person reads as its text and the lines of its quote. */
export interface Reply {
  set: string
  name: string
  text?: string
  html?: string
  expected: string
  quoted: string[]
}

export const REPLIES_FOLDER = join(import.meta.dirname, '../../../shared/data/mail/replies')
export const SETS = [
  'crisp-reply-parser',
  'email_reply_trimmer',
  'github-reply-parser',
  't2bot-reply-parser',
  'unquotemail',
] as const

/** All replies of the five sets, read from beside the project. */
export function readSets(): Reply[] {
  return [
    ...byLines('crisp-reply-parser', 'fixtures', CRISP),
    ...trimmer(),
    ...byLines('github-reply-parser', 'emails', GITHUB),
    ...byLines('t2bot-reply-parser', 'fixtures', T2BOT),
    ...unquotemail(),
  ]
}

const read = (...path: string[]) => readFileSync(join(REPLIES_FOLDER, ...path), 'utf8')
const files = (...path: string[]) =>
  readdirSync(join(REPLIES_FOLDER, ...path)).filter((file) => /\.(?:txt|html)$/.test(file))
const stem = (file: string) => basename(file, extname(file))

function byLines(set: string, folder: string, expected: Readonly<Record<string, string>>): Reply[] {
  return files(set, folder).map((file) => {
    const text = read(set, folder, file)
    const wanted = expected[stem(file)]
    if (wanted === undefined) throw new Error(`${set}/${file}: no expected lines.`)
    const [visible = '', signature = ''] = wanted.split('sig')
    return reply(set, file, text, pick(text, visible), signature)
  })
}

function trimmer(): Reply[] {
  const set = 'email_reply_trimmer'
  return files(set, 'emails').map((file) =>
    reply(set, file, read(set, 'emails', file), read(set, 'trimmed', file), TRIMMER_SIGNATURES[stem(file)] ?? ''),
  )
}

function unquotemail(): Reply[] {
  const set = 'unquotemail'
  const all = ['samples', 'samples/failing'].flatMap((folder) =>
    files(set, folder).map((file) => ({ file, source: read(set, folder, file) })),
  )
  return all.map(({ file, source }) => {
    const expected = read(set, 'expecteds', file)
    if (!file.endsWith('.html')) return reply(set, file, source, expected, '')
    const text = textOfHtml(source)
    return { ...reply(set, file, text, textOfHtml(expected), ''), html: source }
  })
}

function reply(set: string, name: string, text: string, expected: string, signature: string): Reply {
  const lines = linesOf(text)
  const hidden = new Set(numbers(signature, lines.length))
  const kept = new Set(linesOf(expected).map(bare))
  const quoted = lines.filter((line, at) => !hidden.has(at) && isTelling(line) && !kept.has(bare(line)))
  return { set, name, text, expected, quoted }
}

/** The lines of an HTML part as they are shown, for the libraries, which read text only. */
const textOfHtml = (html: string) =>
  linesOfHtml(html)
    .lines.map((line) => line.text)
    .join('\n')

const linesOf = (text: string) => text.split(/\r\n|\n|\r/)
/** A line without marks and blanks. */
export const bare = (line: string) => line.replace(/^[\s>|]+/, '').trim()
const isTelling = (line: string) => bare(line).length >= 8 || bare(line).includes(' ')

function pick(text: string, ranges: string): string {
  const lines = linesOf(text)
  let before = -1
  const picked: string[] = []
  for (const at of numbers(ranges, lines.length)) {
    if (before >= 0 && at > before + 1) picked.push('')
    picked.push(lines[at] as string)
    before = at
  }
  return picked.join('\n')
}

function numbers(ranges: string, most: number): number[] {
  return ranges
    .trim()
    .split(/\s+/)
    .filter((range) => range !== '')
    .flatMap((range) => {
      const [from = 0, to = from] = range.split('-').map(Number)
      return Array.from({ length: Math.min(to, most) - from + 1 }, (_, at) => from - 1 + at)
    })
}
