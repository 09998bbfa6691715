import { createHash } from 'node:crypto'
import { type FieldFault, InvalidInput, NotFound } from '../../lib/errors.ts'
import type { Db, DbOrTx } from '../../platform/db/open.ts'
import { findPicture, insertPicture, listOctets, listPictureRows, type PictureRow } from './queries.ts'
import { type MediaType, readPicture } from './read-picture.ts'

/** A picture that we serve; `path` begins with a slash and never changes. */
export type Picture = PictureRow & { path: string }

const EXTENSIONS: Record<MediaType, string> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/gif': 'gif',
  'image/webp': 'webp',
}
const FOLDER = '/pictures/own/'
const OWN = new RegExp(`${FOLDER}([0-9a-f]{64})\\.(?:${Object.values(EXTENSIONS).join('|')})$`)

/** Characters of a description; a line of a campaign has no more. */
const MOST_ALT = 1000

/**
 * Takes a picture in: at most 5 MB of PNG, JPEG, GIF or WebP, without the notes that its file carries (the place where
 * it was taken among them). The same picture again is the same row.
 * @param input.alt what it shows, for those who do not see it
 * @throws InvalidInput for `file` and `alt`
 */
export async function addPicture(
  { db }: { db: Db },
  input: { content: Buffer; file_name?: string | undefined; uploaded_by: string; alt: string },
): Promise<Picture> {
  const alt = plainLine(input.alt)
  const faults: FieldFault[] = []
  if (alt === '') {
    const message =
      'Describe what the picture shows, for readers who do not see it. If it only decorates, say so in a few words, such as "A row of books".'
    faults.push({ field: 'alt', message })
  }
  if (alt.length > MOST_ALT) faults.push({ field: 'alt', message: `It has more than ${MOST_ALT} characters.` })
  const read = readOrFault(input.content, faults)
  if (!read || faults.length > 0) throw new InvalidInput(faults)
  const { content, ...facts } = read
  const row = await insertPicture(db, {
    ...facts,
    content,
    alt,
    octets: content.length,
    digest: createHash('sha256').update(content).digest('hex'),
    file_name: plainLine(input.file_name ?? '').slice(0, 200) || null,
    uploaded_by: input.uploaded_by,
  })
  return withPath(row)
}

/** @throws NotFound */
export async function getPicture({ db }: { db: Db }, { digest }: { digest: string }): Promise<Picture> {
  const row = await findPicture(db, digest)
  if (!row) throw new NotFound('The picture')
  return withPath(row)
}

/** The newest first; `next` is passed as `after` for the following ones. */
export async function listPictures(
  { db }: { db: Db },
  { after, limit = 50 }: { after?: number | undefined; limit?: number },
): Promise<{ items: Picture[]; next: number | null }> {
  const rows = await listPictureRows(db, { after, limit: limit + 1 })
  const items = rows.slice(0, limit).map(withPath)
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null }
}

/** Octets of those of these addresses that are pictures of ours, under whatever host we were when they were added. */
export async function listPictureOctets(db: DbOrTx, urls: readonly string[]): Promise<Record<string, number>> {
  const digests = new Map(
    urls.flatMap((url) => {
      const digest = OWN.exec(url)?.[1]
      return digest === undefined ? [] : [[url, digest] as const]
    }),
  )
  const rows = await listOctets(db, [...new Set(digests.values())])
  const known = new Map(rows.map(({ digest, octets }) => [digest, octets]))
  return Object.fromEntries(
    [...digests].flatMap(([url, digest]) => {
      const octets = known.get(digest)
      return octets === undefined ? [] : [[url, octets] as const]
    }),
  )
}

/** Whether an address is one under which we serve pictures. */
export function isOwnPicture(url: string): boolean {
  return OWN.test(url)
}

/** A picture as Markdown; brackets of its description must not end it. */
export function pictureMarkdown(alt: string, url: string): string {
  return `![${plainLine(alt).replace(/[\\[\]]/g, '\\$&')}](${url})`
}

const withPath = (row: PictureRow): Picture => ({
  ...row,
  path: `${FOLDER}${row.digest}.${EXTENSIONS[row.media_type]}`,
})

/** On one line, without what a database cannot hold. */
function plainLine(text: string): string {
  return text
    .toWellFormed()
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
}

function readOrFault(file: Buffer, faults: FieldFault[]) {
  try {
    return readPicture(file)
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error
    faults.unshift(...error.faults)
    return undefined
  }
}
