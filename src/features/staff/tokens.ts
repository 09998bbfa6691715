import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../../lib/clock.ts'
import { NotFound } from '../../lib/errors.ts'
import type { Role } from '../../lib/permissions.ts'
import type { Db } from '../../platform/db/open.ts'
import type { Caller } from '../../platform/http/access.ts'
import { type ApiTokenRow, findTokenByHash, insertToken, listTokens, markRevoked } from './queries.ts'

const hashOf = (token: string) => createHash('sha256').update(token).digest()

/** Makes an API token. `token` is given once: only its SHA-256 is kept (160 random bits need no slow hash). */
export async function createApiToken(
  { db, clock }: { db: Db; clock: Clock },
  input: { name: string; role: Role },
): Promise<ApiTokenRow & { token: string }> {
  const token = `pp_${randomBytes(20).toString('hex')}`
  const row = await insertToken(db, { ...input, token_hash: hashOf(token), created_at: clock.now() })
  return { ...row, token }
}

/** Tokens by id, the revoked ones too. @param page.after the last id of the page before, 0 for the first */
export async function listApiTokens(
  { db }: { db: Db },
  page: { after: number; limit: number },
): Promise<{ items: ApiTokenRow[]; next: number | null }> {
  const rows = await listTokens(db, { after: page.after, limit: page.limit + 1 })
  const items = rows.slice(0, page.limit)
  return { items, next: rows.length > page.limit ? (items.at(-1)?.id ?? null) : null }
}

/** The token stops at once. @throws NotFound when there is none that works */
export async function revokeApiToken({ db, clock }: { db: Db; clock: Clock }, input: { id: number }): Promise<void> {
  if (!(await markRevoked(db, { id: input.id, at: clock.now() }))) throw new NotFound(`API token ${input.id}`)
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
  const row = await findTokenByHash(deps.db, hash)
  return row && { name: `token ${row.id}`, role: row.role }
}
