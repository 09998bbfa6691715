import type { FastifyRequest } from 'fastify'
import { MOST_OCTETS, tooLarge } from '../../features/pictures/index.ts'
import { InvalidInput } from '../../lib/errors.ts'
import type { Shell } from '../shell.ts'

export interface PictureForm {
  content: Buffer | undefined
  file_name: string | undefined
  alt: string
  insert: 'body' | 'head' | 'none'
  /** Of the text that it goes into; empty: the campaign's own. */
  language: string
  /** What is wrong with the upload itself. */
  fault: InvalidInput | undefined
}

/**
 * Reads an upload. Its token comes in a field before the file, or in the header `csrf-token`; without it nothing of
 * the file is kept. Of a file that is too large no more than the limit is ever in memory.
 * @throws FormExpired
 */
export async function readPictureForm(request: FastifyRequest, shell: Shell): Promise<PictureForm> {
  const fields = new Map<string, string>()
  const header = request.headers['csrf-token']
  let checked = false
  const check = async () => {
    if (checked || !request.caller?.staff) return
    await shell.checkCsrf(request, typeof header === 'string' ? header : (fields.get('_csrf') ?? ''))
    checked = true
  }
  const form: PictureForm = {
    content: undefined,
    file_name: undefined,
    alt: '',
    insert: 'none',
    language: '',
    fault: undefined,
  }
  if (!request.isMultipart()) {
    await check()
    return { ...form, fault: fault('Choose a picture.') }
  }
  const limits = { fileSize: MOST_OCTETS + 1, files: 1, fields: 10, fieldSize: 16 * 1024 }
  const options = { limits, throwFileSizeLimit: false }
  for await (const part of request.parts(options)) {
    if (part.type === 'field') {
      fields.set(part.fieldname, String(part.value))
      continue
    }
    await check()
    const chunks: Buffer[] = []
    for await (const chunk of part.file) chunks.push(chunk)
    // The rest of it is read and dropped, so that the browser gets to hear the answer.
    if (part.file.truncated) form.fault = tooLarge()
    else form.content = Buffer.concat(chunks)
    form.file_name = part.filename || undefined
  }
  await check()
  if (!form.content?.length && !form.fault) form.fault = fault('Choose a picture.')
  const insert = fields.get('insert')
  return {
    ...form,
    alt: fields.get('alt') ?? '',
    insert: insert === 'body' || insert === 'head' ? insert : 'none',
    language: fields.get('language') ?? '',
  }
}

const fault = (message: string) => new InvalidInput([{ field: 'file', message }])
