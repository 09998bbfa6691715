import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MOST_OCTETS, readPicture } from '../../../src/features/pictures/read-picture.ts'
import { InvalidInput } from '../../../src/lib/errors.ts'
import * as files from './files.ts'
import { exif, GIF, JPEG, jpegWith, PNG, pngChunk, pngOfSize, pngWith, SECRET, WEBP, webpWith } from './files.ts'

function refusal(file: Buffer): string | undefined {
  try {
    readPicture(file)
    return undefined
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error
    return error.faults.map(({ field, message }) => `${field}: ${message}`).join()
  }
}

const KINDS: [string, Buffer, string][] = [
  ['a JPEG', JPEG, 'image/jpeg'],
  ['a PNG', PNG, 'image/png'],
  ['a GIF', GIF, 'image/gif'],
  ['a WebP', WEBP, 'image/webp'],
]

test.each(KINDS)('%s is recognised by its content and kept to the octet', (_what, file, media_type) => {
  expect(readPicture(file)).toEqual({ media_type, width: 16, height: 8, content: file })
})

test.each(KINDS)('%s that was cut off anywhere is refused', (_what, file) => {
  for (let length = 0; length < file.length; length++)
    expect(refusal(file.subarray(0, length)), `${length} octets`).toMatch(/^file: /)
})

test.each<[string, Buffer, number?, number?]>([
  ['Exif of a photo', jpegWith(0xe1, exif(1))],
  ['XMP of a photo', jpegWith(0xe1, Buffer.from(`http://ns.adobe.com/xap/1.0/\0${SECRET}`))],
  ["Photoshop's notes", jpegWith(0xed, Buffer.from(`Photoshop 3.0\0${SECRET}`))],
  ['a comment', jpegWith(0xfe, Buffer.from(SECRET))],
  ["a phone's second picture after the end", Buffer.concat([JPEG, jpegWith(0xe1, exif(1))])],
  ['a text in a PNG', pngWith(pngChunk('tEXt', Buffer.from(`Comment\0${SECRET}`)))],
  ['Exif in a PNG', pngWith(pngChunk('eXIf', exif(1)))],
  ['what follows a PNG', Buffer.concat([PNG, Buffer.from(SECRET)])],
  ['Exif and XMP of a WebP', webpWith(files.riffChunk('EXIF', exif(1)), files.riffChunk('XMP ', Buffer.from(SECRET)))],
  [
    'a comment of a GIF',
    Buffer.concat([
      GIF.subarray(0, 19),
      Buffer.from([0x21, 0xfe, SECRET.length]),
      Buffer.from(`${SECRET}\0`),
      GIF.subarray(19),
    ]),
  ],
])('%s does not stay in the picture', (_what, file) => {
  expect(file.includes(SECRET)).toBe(true)
  const { content, width, height } = readPicture(file)
  expect(content.includes(SECRET)).toBe(false)
  expect({ width, height }).toEqual({ width: 16, height: 8 })
  // What is kept is a whole picture itself, with nothing left to take away.
  expect(readPicture(content).content).toEqual(content)
})

test('a WebP without its notes no longer announces them', () => {
  const { content } = readPicture(webpWith(files.riffChunk('EXIF', exif(1))))
  expect(content[20]).toBe(0)
  expect(content.readUInt32LE(4)).toBe(content.length - 8)
})

test.each([
  ['II', 6],
  ['MM', 8],
] as const)('a photo held upright (%s) keeps its turn and loses its place', (order, turn) => {
  const { content, width, height } = readPicture(jpegWith(0xe1, exif(turn, order)))
  expect({ width, height }).toEqual({ width: 8, height: 16 })
  expect(content.includes(SECRET)).toBe(false)
  expect(content.length).toBe(JPEG.length + 36)
})

test('a colour profile stays: the picture would look different without it', () => {
  const profile = Buffer.from('ICC_PROFILE\0\x01\x01colours')
  expect(readPicture(jpegWith(0xe2, profile)).content.includes('colours')).toBe(true)
})

test.each<[string, Buffer, RegExp]>([
  ['nothing', Buffer.alloc(0), /is empty/],
  [
    'an SVG with a script',
    Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
    /SVG/,
  ],
  ['an SVG behind a declaration', Buffer.from('<?xml version="1.0"?>\n<!-- x --><svg/>'), /SVG/],
  ['a page that calls itself a picture', Buffer.from('<!doctype html><script>alert(1)</script>'), /not a picture/],
  ['a HEIC photo', Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypheic'), Buffer.alloc(40)]), /HEIC/],
  ['a page behind the first octets of a JPEG', Buffer.concat([JPEG.subarray(0, 3), Buffer.from('<script>')]), /broken/],
  ['more than 5 MB', Buffer.concat([PNG, Buffer.alloc(MOST_OCTETS)]), /5 MB/],
  ['10,001 pixels', pngOfSize(10_001, 1), /10001 × 1 pixels/],
  ['more than 40 million pixels', pngOfSize(8000, 6000), /40 million/],
  ['no pixels', pngOfSize(0, 8), /0 × 8/],
  ['a PNG with a wrong sum', Buffer.concat([PNG.subarray(0, 50), Buffer.from([1]), PNG.subarray(51)]), /broken/],
  ['a PNG without data', Buffer.concat([PNG.subarray(0, 33), pngChunk('IEND', Buffer.alloc(0))]), /broken/],
])('%s is refused in a sentence', (_what, file, says) => {
  expect(refusal(file)).toMatch(says)
})

test('the limits themselves are let through', () => {
  const dimensions = ({ width, height }: { width: number; height: number }) => [width, height]
  expect(dimensions(readPicture(pngOfSize(10_000, 4000)))).toEqual([10_000, 4000])
  const padding = pngChunk('IDAT', Buffer.alloc(MOST_OCTETS - PNG.length - 12))
  const largest = Buffer.concat([PNG.subarray(0, -12), padding, PNG.subarray(-12)])
  expect(largest.length).toBe(MOST_OCTETS)
  expect(readPicture(largest).content.equals(largest)).toBe(true)
})

test('whatever octets are damaged, a picture is read or refused', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...KINDS.map(([, file]) => file), jpegWith(0xe1, exif(6)), webpWith()),
      fc.array(fc.tuple(fc.nat(2000), fc.nat(255)), { minLength: 1, maxLength: 8 }),
      (file, damages) => {
        const damaged = Buffer.from(file)
        for (const [at, octet] of damages) damaged[at % file.length] = octet
        const words = refusal(damaged)
        if (words === undefined) expect(readPicture(damaged).content.length).toBeLessThanOrEqual(damaged.length + 36)
        else expect(words).toMatch(/^file: /)
      },
    ),
    { numRuns: 2000 },
  )
})
