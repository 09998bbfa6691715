import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { NotFound } from '../../lib/errors.ts'
import type { Role } from '../../lib/permissions.ts'
import type { Db } from '../../platform/db/open.ts'
import type { Caller } from '../../platform/http/access.ts'

const hashOf = (token: string) => createHash('sha256').update(token).digest()

/** Makes an API token. It is shown once: only its SHA-256 is kept (160 random bits need no slow hash). */
export async function createApiToken({ db }: { db: Db }, input: { name: string; role: Role }): Promise<string> {
  const token = `pp_${randomBytes(20).toString('hex')}`
  await db
    .insertInto('api_tokens')
    .values({ name: input.name, role: input.role, token_hash: hashOf(token) })
    .execute()
  return token
}

export async function revokeApiToken({ db }: { db: Db }, input: { id: number }): Promise<void> {
  const { numUpdatedRows } = await db
    .updateTable('api_tokens')
    .set({ revoked_at: new Date() })
    .where('id', '=', input.id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  if (numUpdatedRows === 0n) throw new NotFound(`API token ${input.id}`)
}

/** The caller a token belongs to; API_TOKEN from the environment is a director's. */
export async function findCaller(
  deps: { db: Db; config: { apiToken: string | undefined } },
  token: string,
): Promise<Caller | undefined> {
  const hash = hashOf(token)
  const bootstrap = deps.config.apiToken
  if (bootstrap !== undefined && timingSafeEqual(hashOf(bootstrap), hash))
    return { name: 'API_TOKEN', role: 'director' }
  const row = await deps.db
    .selectFrom('api_tokens')
    .select(['id', 'name', 'role'])
    .where('token_hash', '=', hash)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  return row && { name: `token ${row.id}`, role: row.role as Role }
}
