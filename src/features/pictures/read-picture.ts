import { imageSize } from 'image-size'
import { InvalidInput } from '../../lib/errors.ts'
import { cleanGif } from './formats/gif.ts'
import { cleanJpeg } from './formats/jpeg.ts'
import { cleanPng } from './formats/png.ts'
import { cleanWebp } from './formats/webp.ts'

/** Octets of a file that is taken in; most of what is larger comes straight from a camera. */
export const MOST_OCTETS = 5 * 1024 * 1024
const MOST_SIDE = 10_000
const MOST_PIXELS = 40_000_000

export type MediaType = 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp'

export interface ReadPicture {
  media_type: MediaType
  /** As a browser shows it: a turned photo is turned. */
  width: number
  height: number
  /** What is kept: the file without notes, so without the place where a photo was taken. */
  content: Buffer
}

/** By their first twelve octets, in hexadecimal. */
const FORMATS: { media_type: MediaType; begins: RegExp; clean(file: Buffer): Buffer | undefined }[] = [
  { media_type: 'image/png', begins: /^89504e470d0a1a0a/, clean: cleanPng },
  { media_type: 'image/jpeg', begins: /^ffd8ff/, clean: cleanJpeg },
  { media_type: 'image/gif', begins: /^47494638(37|39)61/, clean: cleanGif },
  { media_type: 'image/webp', begins: /^52494646.{8}57454250/, clean: cleanWebp },
]

/** Recognises a picture by its content: neither its name nor what the browser calls it counts. @throws InvalidInput */
export function readPicture(file: Buffer): ReadPicture {
  if (file.length === 0) throw fault('The file is empty.')
  if (file.length > MOST_OCTETS) throw tooLarge()
  const head = file.toString('hex', 0, 12)
  const format = FORMATS.find(({ begins }) => begins.test(head))
  if (!format) throw fault(unknownFormat(file))
  const content = format.clean(file)
  const size = content && sizeOf(content)
  if (!content || !size)
    throw fault('The picture is broken or was cut off on its way. Save it again and try once more.')
  const { width, height } = size
  if (width < 1 || height < 1 || width > MOST_SIDE || height > MOST_SIDE || width * height > MOST_PIXELS) {
    throw fault(
      `The picture has ${width} × ${height} pixels; the limits are 10,000 on a side and 40 million in all. Make it smaller: 1,200 pixels wide is plenty for an email.`,
    )
  }
  return { media_type: format.media_type, width, height, content }
}

/** For those who stop reading a file at its limit. */
export function tooLarge(): InvalidInput {
  return fault('The file is larger than 5 MB. Make the picture smaller: 1,200 pixels wide is plenty for an email.')
}

function unknownFormat(file: Buffer): string {
  const beginning = file.toString('utf8', 0, 1000)
  if (/<svg|<\?xml/i.test(beginning))
    return 'SVG drawings are not taken: they can carry scripts, and mail programs do not show them. Save it as PNG.'
  if (/^.{4}ftyp(hei|mif|avif)/s.test(file.toString('latin1', 0, 16)))
    return 'Pictures in HEIC or AVIF are not shown by most mail programs. Save it as JPEG or PNG.'
  return 'The file is not a picture in PNG, JPEG, GIF or WebP.'
}

/** Exif's turns from 5 on stand the picture on its side. */
function sizeOf(content: Buffer): { width: number; height: number } | undefined {
  try {
    const { width, height, orientation = 1 } = imageSize(content)
    return orientation > 4 ? { width: height, height: width } : { width, height }
  } catch {
    return undefined
  }
}

const fault = (message: string) => new InvalidInput([{ field: 'file', message }])
