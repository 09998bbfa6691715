import type { DbOrTx } from '../../platform/db/open.ts'
import type { MediaType } from './read-picture.ts'

export interface PictureRow {
  id: number
  /** SHA-256 of the content, in hexadecimal. */
  digest: string
  media_type: MediaType
  octets: number
  width: number
  height: number
  /** The description it was given when it was last added. */
  alt: string
  file_name: string | null
  uploaded_by: string | null
  created_at: Date
}

const COLUMNS = [
  ...(['id', 'digest', 'media_type', 'octets', 'width', 'height', 'alt', 'file_name', 'uploaded_by'] as const),
  'created_at',
] as const

/** Keeps a picture once: the same content again only renews its description. */
export async function insertPicture(
  db: DbOrTx,
  picture: Omit<PictureRow, 'id' | 'created_at'> & { content: Buffer },
): Promise<PictureRow> {
  const row = await db
    .insertInto('pictures')
    .values(picture)
    .onConflict((same) => same.column('digest').doUpdateSet({ alt: picture.alt }))
    .returning(COLUMNS)
    .executeTakeFirstOrThrow()
  return row as PictureRow
}

export async function findPicture(db: DbOrTx, digest: string): Promise<PictureRow | undefined> {
  const row = await db.selectFrom('pictures').select(COLUMNS).where('digest', '=', digest).executeTakeFirst()
  return row as PictureRow | undefined
}

export async function findPictureContent(
  db: DbOrTx,
  digest: string,
): Promise<{ media_type: string; content: Buffer } | undefined> {
  return db.selectFrom('pictures').select(['media_type', 'content']).where('digest', '=', digest).executeTakeFirst()
}

/** The newest first, those before `after`. */
export async function listPictureRows(
  db: DbOrTx,
  { after, limit }: { after?: number | undefined; limit: number },
): Promise<PictureRow[]> {
  let query = db.selectFrom('pictures').select(COLUMNS).orderBy('id', 'desc').limit(limit)
  if (after !== undefined) query = query.where('id', '<', after)
  return (await query.execute()) as PictureRow[]
}

export async function listOctets(
  db: DbOrTx,
  digests: readonly string[],
): Promise<{ digest: string; octets: number }[]> {
  if (digests.length === 0) return []
  return db.selectFrom('pictures').select(['digest', 'octets']).where('digest', 'in', digests).execute()
}
