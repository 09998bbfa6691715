/** Markers that stand alone, without a length: TEM and the restarts. ITU T.81, table B.1. */
const standsAlone = (marker: number) => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)
const START_OF_SCAN = 0xda
const END = 0xd9
const START = Buffer.from([0xff, 0xd8])
const END_MARK = Buffer.from([0xff, END])

/**
 * The picture without what does not belong to it: APPn but JFIF, colour profile and Adobe's colour transform (so
 * neither Exif with its place nor XMP nor Photoshop's notes), comments, and whatever follows the end, such as a
 * phone's second picture. A turned photo keeps its turn, in an Exif of that one entry.
 * @returns undefined when it is broken or cut off
 */
export function cleanJpeg(content: Buffer): Buffer | undefined {
  const kept: Buffer[] = []
  let turn = 1
  let scans = 0
  for (let at = 2; at + 1 < content.length; ) {
    if (content[at] !== 0xff) return undefined
    const marker = content[at + 1] as number
    // Any number of 0xFF may fill up before a marker (B.1.1.2).
    if (marker === 0xff) at++
    else if (marker === END) return scans > 0 ? Buffer.concat([START, exifOf(turn), ...kept, END_MARK]) : undefined
    else if (standsAlone(marker)) at += 2
    else {
      if (at + 4 > content.length) return undefined
      const length = content.readUInt16BE(at + 2)
      let end = at + 2 + length
      if (length < 2 || end > content.length) return undefined
      if (marker === START_OF_SCAN) {
        scans++
        end = endOfScan(content, end)
      }
      const data = content.subarray(at + 4, at + 2 + length)
      if (marker === 0xe1 && begins(data, 'Exif\0\0')) turn = turnOf(data.subarray(6))
      if (belongs(marker, data)) kept.push(content.subarray(at, end))
      at = end
    }
  }
  return undefined
}

/** Where the coded data ends: at the next marker that is neither a stuffed zero nor a restart. */
function endOfScan(content: Buffer, start: number): number {
  for (let at = content.indexOf(0xff, start); at !== -1; at = content.indexOf(0xff, at + 1)) {
    const next = content[at + 1]
    if (next !== undefined && next !== 0 && next !== 0xff && !standsAlone(next)) return at
  }
  return content.length
}

const begins = (data: Buffer, text: string) => data.toString('latin1', 0, text.length) === text

function belongs(marker: number, data: Buffer): boolean {
  if (marker === 0xfe) return false
  if (marker < 0xe0 || marker > 0xef) return true
  return (
    (marker === 0xe0 && begins(data, 'JFIF\0')) ||
    (marker === 0xe2 && begins(data, 'ICC_PROFILE\0')) ||
    (marker === 0xee && begins(data, 'Adobe'))
  )
}

/** How the photo is turned, 1 (not at all) to 8: tag 0x0112, a SHORT in the first directory. */
function turnOf(tiff: Buffer): number {
  const isLittle = begins(tiff, 'II')
  const short = (at: number) => (at + 2 > tiff.length ? 0 : isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at))
  const start = tiff.length < 8 ? 0 : isLittle ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4)
  for (let entry = 0; entry < short(start); entry++) {
    const at = start + 2 + entry * 12
    if (short(at) === 0x0112) return short(at + 8) >= 2 && short(at + 8) <= 8 ? short(at + 8) : 1
  }
  return 1
}

/** An Exif segment that says the turn and nothing else; nothing when there is none to say. */
function exifOf(turn: number): Buffer {
  if (turn === 1) return Buffer.alloc(0)
  const segment = Buffer.from(
    'ffe10022457869660000' + '4d4d002a00000008' + '00010112000300000001000000000000' + '0000',
    'hex',
  )
  segment.writeUInt16BE(turn, 28)
  return segment
}
