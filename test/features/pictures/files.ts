/** Small real pictures, 16 × 8 pixels, and what else is in the files that people have. */
import { crc32 } from 'node:zlib'

const base64 = (text: string) => Buffer.from(text, 'base64')

/** As a browser writes it: JFIF, then coded data. */
export const JPEG = base64(
  '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmBanGQc1tdhbWGkJ6jq62rZ4C8ybqmx5moq6T/2wBDARweHigjKE4rK06kbl1upKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKT/wAARCAAIABADASIAAhEBAxEB/8QAFgABAQEAAAAAAAAAAAAAAAAAAAQF/8QAGBABAAMBAAAAAAAAAAAAAAAAABZko+H/xAAVAQEBAAAAAAAAAAAAAAAAAAADBP/EABgRAQEAAwAAAAAAAAAAAAAAAAEAAhEx/9oADAMBAAIRAxEAPwCqRVdOMQChqkcl7f/Z',
)
export const PNG = base64(
  'iVBORw0KGgoAAAANSUhEUgAAABAAAAAICAYAAADwdn+XAAAAM0lEQVR4AcyPsQ0AAAjCjKueqBfo/6t+IIMLJJ1ICNUBsai5UHmGYMCz5QIZEiigi6hfAAAA//8it8Q+AAAABklEQVQDANfhNSFLmYIxAAAAAElFTkSuQmCC',
)
const VP8 = base64('VlA4IC4AAACwAQCdASoQAAgABABoJagCdAELPE/QAP72Cd+fQfW8QZG22KiXrCSexfJ9wAAA')
/** One red pixel wide and high, and only its canvas is 16 × 8. */
export const GIF = Buffer.from(
  `47494638396110000800800000${'ff0000000000'}2c000000000100010000${'02024401'}003b`,
  'hex',
)

function webp(...chunks: Buffer[]): Buffer {
  const body = Buffer.concat([Buffer.from('WEBP'), ...chunks])
  return Buffer.concat([Buffer.from('RIFF'), uint32(body.length, 'LE'), body])
}
export const riffChunk = (type: string, data: Buffer) =>
  Buffer.concat([Buffer.from(type), uint32(data.length, 'LE'), data, Buffer.alloc(data.length % 2)])
export const WEBP = webp(VP8)
/** The same with a head that announces Exif and XMP (flags 0x0c). */
export const webpWith = (...chunks: Buffer[]) =>
  webp(riffChunk('VP8X', Buffer.from('0c0000000f0000070000', 'hex')), VP8, ...chunks)

export const SECRET = 'GPS 52.5200 N 13.4050 E'

/** A segment of a JPEG after its start. */
export function jpegWith(marker: number, data: Buffer): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0])
  head.writeUInt16BE(data.length + 2, 2)
  return Buffer.concat([JPEG.subarray(0, 2), head, data, JPEG.subarray(2)])
}

/** What a phone writes: how it was held, and where (as a text here, so that a test can look for it). */
export function exif(turn: number, order: 'II' | 'MM' = 'II'): Buffer {
  const tiff = Buffer.alloc(26)
  tiff.write(order, 0)
  const short = (value: number, at: number) =>
    order === 'II' ? tiff.writeUInt16LE(value, at) : tiff.writeUInt16BE(value, at)
  const long = (value: number, at: number) =>
    order === 'II' ? tiff.writeUInt32LE(value, at) : tiff.writeUInt32BE(value, at)
  short(42, 2)
  long(8, 4)
  short(1, 8)
  short(0x0112, 10)
  short(3, 12)
  long(1, 14)
  short(turn, 18)
  return Buffer.concat([Buffer.from('Exif\0\0'), tiff, Buffer.from(SECRET)])
}

export function pngChunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type), data])
  return Buffer.concat([uint32(data.length, 'BE'), named, uint32(crc32(named), 'BE')])
}

/** A PNG with one more chunk after its head, or with another head. */
export function pngWith(chunk: Buffer): Buffer {
  return Buffer.concat([PNG.subarray(0, 33), chunk, PNG.subarray(33)])
}
export function pngOfSize(width: number, height: number): Buffer {
  const head = Buffer.from(PNG.subarray(16, 29))
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  return Buffer.concat([PNG.subarray(0, 8), pngChunk('IHDR', head), PNG.subarray(33)])
}

function uint32(value: number, order: 'LE' | 'BE'): Buffer {
  const four = Buffer.alloc(4)
  if (order === 'LE') four.writeUInt32LE(value)
  else four.writeUInt32BE(value)
  return four
}
