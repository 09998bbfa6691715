import { Type } from '@fastify/type-provider-typebox'
import { getKeptImport, type KeptImport } from '../../features/imports/index.ts'
import { NotFound } from '../../lib/errors.ts'
import type { Db } from '../../platform/db/open.ts'

export const RoundParams = Type.Object({ code: Type.String({ maxLength: 32 }) })
export const ImportParams = Type.Object({
  code: Type.String({ maxLength: 32 }),
  id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
})
export const Notice = Type.Object({ notice: Type.Optional(Type.String({ maxLength: 40 })) })

export const uploadPath = (code: string): string => `/console/rounds/${encodeURIComponent(code)}/import`
export const importPath = (code: string, id: number): string =>
  `/console/rounds/${encodeURIComponent(code)}/imports/${id}`

/** The import, which must be of the round in its address. @throws NotFound */
export async function getImportOf(deps: { db: Db }, { code, id }: { code: string; id: number }): Promise<KeptImport> {
  const row = await getKeptImport(deps, { id })
  if (row.round_code !== code) throw new NotFound(`Import ${id}`)
  return row
}
