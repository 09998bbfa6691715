import { expect, test } from 'vitest'
import {
  addPicture,
  addPictureRoutes,
  getPicture,
  listPictureOctets,
  listPictures,
  pictureMarkdown,
} from '../../../src/features/pictures/index.ts'
import type { InvalidInput } from '../../../src/lib/errors.ts'
import { openTestDeps } from '../../support/deps.ts'
import { serveRoutes } from '../../support/routes.ts'
import { JPEG, jpegWith, PNG, pngChunk, pngWith, SECRET } from './files.ts'

const by = { uploaded_by: 'staff 1' }

/** A picture that is like no other. */
const unlike = (number: number) => pngWith(pngChunk('pHYs', Buffer.from([0, 0, 0, number, 0, 0, 0, number, 1])))

test('a picture is kept once, under an address made from its content, and served as what it is', async () => {
  const deps = await openTestDeps()
  const app = await serveRoutes((routes) => addPictureRoutes(routes, deps))
  const first = await addPicture(deps, { ...by, content: JPEG, file_name: 'a.svg', alt: ' Two people\nread ' })
  expect(first).toMatchObject({ media_type: 'image/jpeg', width: 16, height: 8, alt: 'Two people read' })
  expect(first.path).toMatch(/^\/pictures\/own\/[0-9a-f]{64}\.jpg$/)
  // The same picture from another phone carries other notes.
  const notes = jpegWith(0xfe, Buffer.from(SECRET))
  const again = await addPicture(deps, { ...by, content: notes, file_name: 'b.jpg', alt: 'Two readers' })
  expect(again).toMatchObject({ id: first.id, path: first.path, alt: 'Two readers' })
  expect((await listPictures(deps, {})).items).toHaveLength(1)

  const answer = await app.inject(first.path)
  expect(answer.rawPayload).toEqual(JPEG)
  expect(answer.headers).toMatchObject({
    'content-type': 'image/jpeg',
    'cache-control': 'public, max-age=31536000, immutable',
    'content-security-policy': "default-src 'none'; sandbox",
  })
  expect((await app.inject(`/pictures/own/${'0'.repeat(64)}.png`)).statusCode).toBe(404)
  expect((await app.inject('/pictures/own/x.png')).statusCode).toBe(422)
})

test('a picture without a description, and one that is none, are refused together, and nothing is kept', async () => {
  const deps = await openTestDeps()
  const faultsOf = (content: Buffer, alt: string) =>
    addPicture(deps, { ...by, content, alt }).then(
      () => [],
      (error) => (error as InvalidInput).faults.map(({ field }) => field),
    )
  expect(await faultsOf(Buffer.from('<svg/>'), ' ')).toEqual(['file', 'alt'])
  expect(await faultsOf(PNG, '')).toEqual(['alt'])
  expect(await faultsOf(PNG, 'x'.repeat(1001))).toEqual(['alt'])
  expect((await listPictures(deps, {})).items).toEqual([])
})

test('what a database cannot hold in a name or description is left out of it', async () => {
  const deps = await openTestDeps()
  const picture = await addPicture(deps, { ...by, content: PNG, file_name: 'a\0\ud800.png', alt: 'b\0c\ud800' })
  expect(picture).toMatchObject({ file_name: 'a \ufffd.png', alt: 'b c\ufffd' })
})

test('the library lists the newest first, page by page, each once', async () => {
  const deps = await openTestDeps()
  for (let number = 1; number <= 5; number++)
    await addPicture(deps, { ...by, content: unlike(number), alt: `Picture ${number}` })
  const first = await listPictures(deps, { limit: 3 })
  const second = await listPictures(deps, { limit: 3, after: first.next ?? undefined })
  expect([...first.items, ...second.items].map(({ alt }) => alt)).toEqual(
    [5, 4, 3, 2, 1].map((number) => `Picture ${number}`),
  )
  expect(second.next).toBeNull()
})

test('the size of our own pictures is known by address, that of others is not', async () => {
  const deps = await openTestDeps()
  const { path, digest } = await addPicture(deps, { ...by, content: PNG, alt: 'A row of books' })
  const own = `https://pairpost.example${path}`
  expect(
    await listPictureOctets(deps.db, [own, 'https://other.example/a.png', `https://pairpost.example${path}?x`]),
  ).toEqual({ [own]: PNG.length })
  expect((await getPicture(deps, { digest })).octets).toBe(PNG.length)
  await expect(getPicture(deps, { digest: 'unknown' })).rejects.toThrow(/not found/)
})

test('a description cannot end its Markdown early', () => {
  expect(pictureMarkdown('a](https://evil.example) [b\\', 'https://x.example/a.png')).toBe(
    '![a\\](https://evil.example) \\[b\\\\](https://x.example/a.png)',
  )
})
