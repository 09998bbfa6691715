const DRAWN = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ANIM', 'ANMF', 'ICCP'])
/** Flags of VP8X that announce Exif and XMP. */
const NOTES = 0x08 | 0x04

/** The picture without Exif and XMP, and without what follows it. @returns undefined when it is broken or cut off */
export function cleanWebp(content: Buffer): Buffer | undefined {
  const end = 8 + content.readUInt32LE(4)
  if (end > content.length) return undefined
  const kept: Buffer[] = []
  let hasData = false
  for (let at = 12; at < end; ) {
    if (at + 8 > end) return undefined
    const length = content.readUInt32LE(at + 4)
    // A chunk of odd length is filled up by one octet.
    const next = at + 8 + length + (length % 2)
    if (next > end) return undefined
    const type = content.toString('latin1', at, at + 4)
    const chunk = Buffer.from(content.subarray(at, next))
    if (type === 'VP8X') chunk[8] = (chunk[8] ?? 0) & ~NOTES
    if (type === 'VP8 ' || type === 'VP8L' || type === 'ANMF') hasData = true
    if (DRAWN.has(type)) kept.push(chunk)
    at = next
  }
  if (!hasData) return undefined
  const head = Buffer.from(content.subarray(0, 12))
  head.writeUInt32LE(4 + kept.reduce((sum, chunk) => sum + chunk.length, 0), 4)
  return Buffer.concat([head, ...kept])
}
