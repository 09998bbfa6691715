const EXTENSION = 0x21
const PICTURE = 0x2c
const TRAILER = 0x3b
const COMMENT = 0xfe
const APPLICATION = 0xff

/** The picture without comments and XMP. @returns undefined when it is broken or cut off (GIF89a, appendix B) */
export function cleanGif(content: Buffer): Buffer | undefined {
  let at = 13 + tableOctets(content[10])
  const kept: Buffer[] = [content.subarray(0, at)]
  let pictures = 0
  while (at < content.length) {
    const kind = content[at]
    if (kind === TRAILER) return pictures > 0 ? Buffer.concat([...kept, content.subarray(at, at + 1)]) : undefined
    let blocks: number
    if (kind === EXTENSION) blocks = at + 2
    else if (kind === PICTURE) {
      pictures++
      blocks = at + 11 + tableOctets(content[at + 9])
    } else return undefined
    const end = endOfBlocks(content, blocks)
    if (end === undefined) return undefined
    if (kind === PICTURE || !isNote(content, at)) kept.push(content.subarray(at, end))
    at = end
  }
  return undefined
}

/** A colour table follows when the highest bit says so; the lowest three say how long it is. */
function tableOctets(flags = 0): number {
  return flags & 0x80 ? 3 << ((flags & 7) + 1) : 0
}

function endOfBlocks(content: Buffer, start: number): number | undefined {
  for (let at = start; at < content.length; at += 1 + (content[at] as number)) {
    if (content[at] === 0) return at + 1
  }
  return undefined
}

function isNote(content: Buffer, at: number): boolean {
  const label = content[at + 1]
  if (label !== APPLICATION) return label === COMMENT
  // Repeating (NETSCAPE2.0, ANIMEXTS1.0) belongs to a moving picture; XMP and whatever else do not.
  return !['NETSCAPE2.0', 'ANIMEXTS1.0'].includes(content.toString('latin1', at + 3, at + 14))
}
