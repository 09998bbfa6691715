import type { FastifyRequest } from 'fastify'
import { InvalidInput } from '../../lib/errors.ts'
import { MOST_OCTETS } from './decode.ts'

export interface UploadedFile {
  content: Buffer
  file_name: string | undefined
  mapping: Record<string, unknown> | undefined
}

/** Media types under which browsers, curl and mail programs send CSV, and the spreadsheets that are taken for it. */
export const FILE_TYPES = [
  'text/csv',
  'text/plain',
  'text/tab-separated-values',
  'application/csv',
  'application/vnd.ms-excel',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/octet-stream',
]

/** The file of a request, as its body or as a part of a multipart form. @throws InvalidInput */
export async function readUpload(request: FastifyRequest, mapping: string | undefined): Promise<UploadedFile> {
  if (request.isMultipart()) return readMultipart(request, mapping)
  const content = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
  return { content, file_name: undefined, mapping: parseMapping(mapping) }
}

async function readMultipart(request: FastifyRequest, mapping: string | undefined): Promise<UploadedFile> {
  let content: Buffer | undefined
  let file_name: string | undefined
  let field = mapping
  for await (const part of request.parts({
    limits: { fileSize: MOST_OCTETS, files: 1, fields: 5, fieldSize: 64 * 1024 },
  })) {
    if (part.type === 'file') {
      content = await part.toBuffer()
      file_name = part.filename?.slice(0, 200) || undefined
    } else if (part.fieldname === 'mapping') field = String(part.value)
  }
  if (!content) throw new InvalidInput([{ field: 'file', message: 'The form has no file.' }])
  return { content, file_name, mapping: parseMapping(field) }
}

function parseMapping(text: string | undefined): Record<string, unknown> | undefined {
  if (text === undefined || text.trim() === '') return undefined
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    // said below
  }
  throw new InvalidInput([
    { field: 'mapping', message: 'must be a JSON object of field and column, such as {"address": "Email"}.' },
  ])
}
