import { readFile } from 'node:fs/promises'
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
