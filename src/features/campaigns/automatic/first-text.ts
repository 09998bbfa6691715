import { readFile } from 'node:fs/promises'
import type { DbOrTx } from '../../../platform/db/open.ts'
import { getProgramme } from '../../programme/index.ts'
import { parseTopicFile, type VariantText } from '../content/index.ts'

const FOLDER = new URL('../../../../templates/email/texts/', import.meta.url)

/**
 * A first text of templates/email/texts, in English. What automatic email and the campaigns of every round begin with.
 * @param name such as confirmation_request: the file is confirmation-request.md
 */
export async function readFirstText(name: string): Promise<VariantText> {
  const file = new URL(`${name.replaceAll('_', '-')}.md`, FOLDER)
  const { subject, preheader, body_markdown, extras } = parseTopicFile(await readFile(file, 'utf8'), '')
  return { subject, preheader, body_markdown, extras }
}

/** Who signs while the programme has said neither its name nor a sender's. */
const TEAM = 'The programme team'

/** The `from_name` of a campaign that begins with a first text; null: the programme's own sender. */
export async function chooseSignature(db: DbOrTx): Promise<string | null> {
  const { from_name, name } = await getProgramme(db)
  return from_name === '' ? name || TEAM : null
}
