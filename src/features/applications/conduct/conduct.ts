import { readFileSync } from 'node:fs'
import markdownIt from 'markdown-it'
import type { Clock } from '../../../lib/clock.ts'
import { Conflict, type FieldFault, InvalidInput, NotFound } from '../../../lib/errors.ts'
import type { Db, DbOrTx } from '../../../platform/db/open.ts'
import { type ConductRow, findConduct, findCurrentConduct, insertConduct, listConductRows } from './conduct-queries.ts'

/** A code of conduct as it is read. Without an id: the one that comes with Pairpost, while nobody has agreed to one. */
export type Conduct = Omit<ConductRow, 'id' | 'published_at'> & { id: number | null; published_at: Date | null }

const FIRST_VERSION = '1'
let first: Conduct | undefined

/** Read once a process: a file of the release. */
function firstConduct(): Conduct {
  first ??= {
    ...{ id: null, version: FIRST_VERSION, published_at: null, published_by: null },
    body_markdown: readFileSync(new URL('./first-version.md', import.meta.url), 'utf8'),
  }
  return first
}

/** What applicants agree to today. Looking at it writes nothing. */
export async function getCurrentConduct(db: DbOrTx): Promise<Conduct> {
  return (await findCurrentConduct(db)) ?? firstConduct()
}

/** One version, as somebody agreed to it. @throws NotFound */
export async function getConduct(db: DbOrTx, { version }: { version: string }): Promise<Conduct> {
  const found = await findConduct(db, version)
  if (found) return found
  const current = await getCurrentConduct(db)
  if (current.version === version) return current
  throw new NotFound(`Version ${version} of the code of conduct`)
}

/** The id of what applicants agree to today; the first version gets its row with the first who agrees. */
export async function ensureConduct(tx: DbOrTx, now: Date): Promise<{ id: number; version: string }> {
  const found = await findCurrentConduct(tx)
  if (found) return found
  const { version, body_markdown } = firstConduct()
  const made = await insertConduct(tx, { version, body_markdown, published_at: now, published_by: null })
  return made ?? ((await findCurrentConduct(tx)) as ConductRow)
}

/** Every version, the newest first. While there is none: the one that comes with Pairpost. */
export async function listConducts({ db }: { db: Db }): Promise<Conduct[]> {
  const rows = await listConductRows(db)
  return rows.length > 0 ? rows : [firstConduct()]
}

const LONGEST_BODY = 50_000

/**
 * A new version, which everybody agrees to who applies from now on. What somebody agreed to before stays as it was.
 * @throws InvalidInput by field, Conflict `version_exists`
 */
export async function publishConduct(
  { db, clock }: { db: Db; clock: Clock },
  { version, body_markdown, by }: { version: string; body_markdown: string; by: string | null },
): Promise<Conduct> {
  const faults: FieldFault[] = []
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/.test(version))
    faults.push({ field: 'version', message: 'Use up to 32 letters, digits, dots, - and _, such as 2016-1.' })
  const body = body_markdown.replace(/\r\n?/g, '\n').trim()
  if (body === '' || body.length > LONGEST_BODY)
    faults.push({ field: 'body_markdown', message: 'Write a text of at most 50,000 characters.' })
  if (faults.length > 0) throw new InvalidInput(faults)
  return db.transaction().execute(async (tx) => {
    // The one that people may be reading now is kept before another takes its place.
    await ensureConduct(tx, clock.now())
    const values = { version, body_markdown: body, published_at: clock.now(), published_by: by }
    const made = await insertConduct(tx, values)
    if (!made)
      throw new Conflict('version_exists', `There is a version ${version} already. Give this one another name.`)
    return made
  })
}

const markdown = markdownIt({ html: false, linkify: false, typographer: false }).disable(['image'])

/** The text as HTML; markup that somebody typed is shown as it was typed. */
export function conductHtml({ body_markdown }: Pick<Conduct, 'body_markdown'>): string {
  return markdown.render(body_markdown)
}
