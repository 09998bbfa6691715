import { isUtf8 } from 'node:buffer'
import { UnreadableFile } from './faults.ts'

/** More than any export; a larger file is refused before it is read. */
export const MOST_OCTETS = 20 * 1024 * 1024

const NEWLINE = 0x0a
const HEAD_OCTETS = 1024

/** What people send instead of CSV, by its first octets (in hexadecimal), and what to do about it. */
const OTHER_FILES: [string, string][] = [
  ['504b0304', 'This is an Excel workbook or another zip archive, not CSV. Open it and save it as "CSV UTF-8".'],
  ['d0cf11e0', 'This is an old Excel workbook, not CSV. Open it and save it as "CSV UTF-8".'],
  ['25504446', 'This is a PDF, not CSV. Export the responses as CSV.'],
  ['1f8b', 'This is a compressed file, not CSV. Unpack it first.'],
]

/**
 * The text of an uploaded file, every line ending with \n. Only UTF-8 is read, with or without its mark: a guess at
 * another encoding would turn names into other names silently.
 * @throws UnreadableFile naming the first bad line
 */
export function decodeText(content: Buffer): string {
  if (content.length > MOST_OCTETS) throw new UnreadableFile(1, 'The file is larger than 20 MB.')
  if (content.length === 0) throw new UnreadableFile(1, 'The file is empty.')
  refuseOtherFiles(content)
  if (!isUtf8(content)) {
    throw new UnreadableFile(
      firstLineNotUtf8(content),
      'The line is not in UTF-8 (it looks like Windows-1252 or Latin-1). Save the file as "CSV UTF-8".',
    )
  }
  const text = content
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .replace(/\r\n?/g, '\n')
  if (text.trim() === '') throw new UnreadableFile(1, 'The file is empty.')
  return text
}

function refuseOtherFiles(content: Buffer): void {
  const head = content.subarray(0, HEAD_OCTETS)
  const hex = head.toString('hex')
  if (hex.startsWith('fffe') || hex.startsWith('feff') || looksLikeUtf16(head)) {
    throw new UnreadableFile(1, 'The file is saved as UTF-16 ("Unicode Text"). Save it as "CSV UTF-8".')
  }
  for (const [start, message] of OTHER_FILES) if (hex.startsWith(start)) throw new UnreadableFile(1, message)
  if (/^\s*<(!doctype|html|\?xml|head|body)\b/i.test(head.toString('latin1').replace(/^\u00ef\u00bb\u00bf/, ''))) {
    throw new UnreadableFile(1, 'This is a web page, not CSV. You may have saved the page instead of the export.')
  }
  const nul = content.indexOf(0)
  if (nul >= 0) throw new UnreadableFile(lineAt(content, nul), 'The file is not text (it holds NUL octets).')
}

/** Latin letters in UTF-16 are every second octet NUL, with no mark needed. */
function looksLikeUtf16(head: Buffer): boolean {
  const nuls = [0, 0]
  for (const [at, octet] of head.entries()) if (octet === 0) nuls[at % 2] = (nuls[at % 2] ?? 0) + 1
  const [even = 0, odd = 0] = nuls
  return Math.max(even, odd) > head.length / 4 && Math.min(even, odd) < head.length / 20
}

/** A line feed is never part of another UTF-8 character, so lines can be looked at one by one. */
function firstLineNotUtf8(content: Buffer): number {
  let from = 0
  for (let line = 1; ; line++) {
    const end = content.indexOf(NEWLINE, from)
    if (end < 0 || !isUtf8(content.subarray(from, end))) return line
    from = end + 1
  }
}

function lineAt(content: Buffer, offset: number): number {
  let line = 1
  for (let at = content.indexOf(NEWLINE); at >= 0 && at < offset; at = content.indexOf(NEWLINE, at + 1)) line++
  return line
}
