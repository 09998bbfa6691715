import type { FastifyRequest } from 'fastify'
import { MOST_OCTETS } from '../../features/imports/index.ts'
import { InvalidInput } from '../../lib/errors.ts'
import type { Shell } from '../shell.ts'

export interface ImportUpload {
  content: Buffer
  file_name: string | undefined
}

const LONGEST_NAME = 200

/**
 * Reads an upload. The form's token stands in a field before the file: without it nothing of the file is read. Of a
 * file that is too large no more than the limit is ever in memory; the rest is read and dropped, so that the browser
 * gets to hear the answer. @throws FormExpired, InvalidInput for `file`
 */
export async function readImportUpload(request: FastifyRequest, shell: Shell): Promise<ImportUpload> {
  let token = ''
  let checked = false
  const check = async () => {
    if (!checked && request.caller?.staff) await shell.checkCsrf(request, token)
    checked = true
  }
  let upload: ImportUpload | undefined
  let tooLarge = false
  if (request.isMultipart()) {
    const limits = { fileSize: MOST_OCTETS, files: 1, fields: 10, fieldSize: 4096 }
    const options = { limits, throwFileSizeLimit: false }
    for await (const part of request.parts(options)) {
      if (part.type === 'field') {
        if (part.fieldname === '_csrf') token = String(part.value)
        continue
      }
      await check()
      const chunks: Buffer[] = []
      for await (const chunk of part.file) chunks.push(chunk)
      tooLarge = part.file.truncated
      upload = { content: Buffer.concat(chunks), file_name: readName(part.filename) }
    }
  }
  await check()
  if (tooLarge) throw refusal('The file is larger than 20 MB. Split it, or take columns away that nobody needs.')
  // A form sent without a choice has a file part without name and content.
  if (!upload || (upload.content.length === 0 && !upload.file_name)) throw refusal('Choose a file first.')
  return upload
}

const refusal = (message: string) => new InvalidInput([{ field: 'file', message }])

/** The last part of a path, without what cannot be shown. */
function readName(name: string | undefined): string | undefined {
  const last = (name ?? '').split(/[\\/]/).at(-1) ?? ''
  return [...last.replace(/\p{Cc}/gu, '')].slice(0, LONGEST_NAME).join('') || undefined
}
