import { expect, test } from 'vitest'
import { createCampaign, getCampaign, scheduleCampaign } from '../../src/features/campaigns/index.ts'
import { addPicture } from '../../src/features/pictures/index.ts'
import { addApplicant, addDraft, addRound } from '../features/campaigns/round.ts'
import { JPEG, jpegWith, PNG, pngChunk, pngWith, SECRET } from '../features/pictures/files.ts'
import { type ConsoleVisit, openConsole } from '../support/console.ts'
import { openTestDeps, type TestDeps } from '../support/deps.ts'
import { encodeMultipart, type SentFile } from './multipart.ts'

async function open() {
  const deps = await openTestDeps()
  await addApplicant(deps.db, await addRound(deps.db))
  const id = await addDraft(deps.db, { body_markdown: 'Hello.' })
  return { deps, id, visit: await openConsole(deps, 'communications_officer') }
}

const image = (content: Buffer, file_name = 'books.png'): SentFile => ({ name: 'file', file_name, content })

async function upload(
  visit: ConsoleVisit,
  id: number,
  file: SentFile,
  fields: Record<string, string> = {},
  headers: Record<string, string> = {},
) {
  const form = { _csrf: await visit.csrf(), alt: 'A row of books', insert: 'body', ...fields }
  const sent = encodeMultipart([...Object.entries(form), file])
  return visit.app.inject({
    method: 'POST',
    url: `/console/campaigns/${id}/pictures`,
    payload: sent.payload,
    headers: { accept: 'text/html', host: 'localhost', cookie: visit.cookie, ...sent.headers, ...headers },
  })
}

const countPictures = async ({ db }: TestDeps) => (await db.selectFrom('pictures').select('id').execute()).length

test('a picture is added with the form alone: it stands in the text, and its line is shown to copy', async () => {
  const { deps, id, visit } = await open()
  const form = await visit.get(`/console/campaigns/${id}/pictures`)
  expect(form.body).toContain('enctype="multipart/form-data"')
  // The token must be read before the file is.
  expect(form.body.indexOf('name="_csrf"', form.body.indexOf('multipart'))).toBeLessThan(
    form.body.indexOf('type="file"'),
  )

  const answer = await upload(visit, id, image(jpegWith(0xfe, Buffer.from(SECRET)), 'IMG_1.jpg'))
  expect(answer.statusCode).toBe(303)
  const { body_markdown, version } = await getCampaign(deps, { id })
  const [, url = ''] = /^Hello\.\n\n!\[A row of books\]\((\S+)\)\n$/.exec(body_markdown) ?? []
  expect(url).toMatch(/^http.*\/pictures\/own\/[0-9a-f]{64}\.jpg$/)
  expect(version).toBe(2)
  const { written_by } = await deps.db
    .selectFrom('campaign_variants')
    .select('written_by')
    .where('version', '=', 2)
    .executeTakeFirstOrThrow()
  expect(written_by).toBe(`staff ${visit.staff.id}`)

  const page = await visit.get(String(answer.headers.location))
  expect(page.statusCode).toBe(200)
  expect(page.body).toContain('stands at the end of the text')
  expect(page.body).toContain(`![A row of books](${url})`)
  const served = await visit.app.inject(new URL(url).pathname)
  expect(served.rawPayload).toEqual(JPEG)
})

test('sent twice it stands in the text once', async () => {
  const { deps, id, visit } = await open()
  await upload(visit, id, image(PNG))
  await upload(visit, id, image(PNG))
  const { body_markdown, version } = await getCampaign(deps, { id })
  expect(body_markdown.match(/!\[/g)).toHaveLength(1)
  expect(version).toBe(2)
  expect(await countPictures(deps)).toBe(1)
})

test('it can become the head picture, stand in another language, or nowhere yet', async () => {
  const { deps, id, visit } = await open()
  const { id: french } = await createCampaign(deps, {
    ...{ round: '2016A', kind: 'topic', body_markdown: 'Hello.' },
    variants: { fr: { subject: 'Sujet', body_markdown: 'Bonjour.' } },
  })
  await upload(visit, id, image(PNG), { insert: 'head' })
  expect((await getCampaign(deps, { id })).extras.image).toMatchObject({ alt: 'A row of books' })
  await upload(visit, french, image(PNG), { language: 'fr' })
  const texts = await getCampaign(deps, { id: french })
  expect(texts.body_markdown).toBe('Hello.')
  expect(texts.variants.fr?.body_markdown).toMatch(/^Bonjour\.\n\n!\[A row/)
  const before = await getCampaign(deps, { id })
  await upload(visit, id, image(JPEG), { insert: 'none' })
  expect((await getCampaign(deps, { id })).version).toBe(before.version)
  expect(await countPictures(deps)).toBe(2)
})

test('a script gets the Markdown to put in itself', async () => {
  const { deps, id, visit } = await open()
  const headers = { accept: 'application/json', 'csrf-token': await visit.csrf() }
  const fields = { _csrf: '', insert: 'none', alt: 'Books [old]' }
  const answer = await upload(visit, id, image(PNG), fields, headers)
  expect(answer.statusCode).toBe(201)
  expect(answer.json()).toMatchObject({
    width: 16,
    height: 8,
    large: false,
    markdown: expect.stringMatching(/^!\[Books \\\[old\\\]\]\(http/),
  })
  expect((await getCampaign(deps, { id })).body_markdown).toBe('Hello.')
  const refused = await upload(visit, id, image(Buffer.from('<svg/>')), { insert: 'none', alt: '' }, headers)
  expect(refused.statusCode).toBe(422)
  expect(refused.json().errors.map(({ field }: { field: string }) => field)).toEqual(['file', 'alt'])
})

test.each<[string, Buffer, Record<string, string>, RegExp[]]>([
  ['no description', PNG, { alt: ' ' }, [/Describe what the picture shows/]],
  ['an SVG with a script', Buffer.from('<svg onload="alert(1)"></svg>'), {}, [/SVG drawings are not taken/]],
  ['a broken file', PNG.subarray(0, 60), {}, [/broken or was cut off/]],
  ['no file', Buffer.alloc(0), { alt: '' }, [/Choose a picture/, /Describe what/]],
  ['more than 5 MB', Buffer.concat([PNG, Buffer.alloc(6 * 1024 * 1024)]), {}, [/larger than 5 MB/]],
])('%s is said on the form, with what was typed, and nothing is kept', async (_what, content, fields, says) => {
  const { deps, id, visit } = await open()
  const answer = await upload(visit, id, image(content), { alt: 'My "books" <b>', insert: 'head', ...fields })
  expect(answer.statusCode).toBe(422)
  for (const words of says) expect(answer.body).toMatch(words)
  if (fields.alt === undefined) expect(answer.body).toContain('value="My &quot;books&quot; &lt;b&gt;"')
  expect(answer.body).toMatch(/value="head" checked/)
  expect(await countPictures(deps)).toBe(0)
})

test('without the token of the session, or with the token after the file, nothing is kept', async () => {
  const { deps, id, visit } = await open()
  expect((await upload(visit, id, image(PNG), { _csrf: 'x' })).statusCode).toBe(403)
  const { payload, headers } = encodeMultipart([image(PNG), ['_csrf', await visit.csrf()], ['alt', 'Books']])
  const late = await visit.app.inject({
    ...{ method: 'POST', url: `/console/campaigns/${id}/pictures`, payload },
    headers: { accept: 'text/html', cookie: visit.cookie, ...headers },
  })
  expect(late.statusCode).toBe(403)
  expect(await countPictures(deps)).toBe(0)
})

test('who may not write campaigns may look at the library, and add nothing', async () => {
  const { deps, id } = await open()
  const viewer = await openConsole(deps, 'viewer')
  expect((await viewer.get(`/console/campaigns/${id}/pictures`)).statusCode).toBe(403)
  expect((await upload(viewer, id, image(PNG))).statusCode).toBe(403)
  expect((await viewer.get('/console/pictures')).body).toContain('No picture yet')
  expect(await countPictures(deps)).toBe(0)
})

test('the library shows fifty a page, the newest first', async () => {
  const { deps, visit } = await open()
  for (let number = 1; number <= 51; number++) {
    const content = pngWith(pngChunk('pHYs', Buffer.from([0, 0, 0, number, 0, 0, 0, number, 1])))
    await addPicture(deps, { content, alt: `Picture ${number}.`, uploaded_by: 'staff 1' })
  }
  const first = await visit.get('/console/pictures')
  expect(first.body).toContain('Picture 51.')
  expect(first.body).not.toContain('Picture 1.')
  const next = /href="(\/console\/pictures\?after&#x3D;\d+|\/console\/pictures\?after=\d+)"/.exec(first.body)?.[1]
  expect((await visit.get(String(next).replace('&#x3D;', '='))).body).toContain('Picture 1.')
})

test('once its recipients are frozen a campaign takes no picture, and says so', async () => {
  const { deps, id, visit } = await open()
  await scheduleCampaign(deps, id, { at: 'now' })
  const answer = await upload(visit, id, image(PNG))
  expect(answer.statusCode).toBe(409)
  expect(answer.body).toContain('recipients are frozen')
  expect((await getCampaign(deps, { id })).body_markdown).toBe('Hello.')
  expect((await upload(visit, 98_765, image(PNG))).statusCode).toBe(404)
})
