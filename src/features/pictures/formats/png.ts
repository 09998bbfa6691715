import { crc32 } from 'node:zlib'

/** What is needed to draw it, moving pictures included. Everything else (text, Exif, XMP, times) stays behind. */
const DRAWN = new Set([
  ...['IHDR', 'PLTE', 'IDAT', 'IEND', 'tRNS', 'gAMA', 'cHRM', 'sRGB', 'iCCP', 'cICP', 'sBIT', 'bKGD', 'pHYs'],
  ...['acTL', 'fcTL', 'fdAT'],
])

/** The picture without its notes and without what follows its end. @returns undefined when it is broken or cut off */
export function cleanPng(content: Buffer): Buffer | undefined {
  const kept: Buffer[] = [content.subarray(0, 8)]
  let hasData = false
  for (let at = 8; at + 12 <= content.length; ) {
    const end = at + 12 + content.readUInt32BE(at)
    if (end > content.length) return undefined
    const type = content.toString('latin1', at + 4, at + 8)
    if (crc32(content.subarray(at + 4, end - 4)) !== content.readUInt32BE(end - 4)) return undefined
    if (at === 8 && type !== 'IHDR') return undefined
    if (DRAWN.has(type)) kept.push(content.subarray(at, end))
    if (type === 'IDAT') hasData = true
    if (type === 'IEND') return hasData ? Buffer.concat(kept) : undefined
    at = end
  }
  return undefined
}
