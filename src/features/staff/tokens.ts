import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../../lib/clock.ts'
import { type FieldFault, InvalidInput, NotFound } from '../../lib/errors.ts'
import { isRole, type Role } from '../../lib/permissions.ts'
import type { Db, DbOrTx } from '../../platform/db/open.ts'
import type { Caller } from '../../platform/http/access.ts'
import {
  type ApiTokenRow,
  findToken,
  findTokenByHash,
  insertToken,
  isNameInUse,
  listTokens,
  lockTokens,
  markRevoked,
} from './queries.ts'

const hashOf = (token: string) => createHash('sha256').update(token).digest()

/** Makes an API token. `token` is given once: only its SHA-256 is kept (160 random bits need no slow hash). */
export async function createApiToken(
  { db, clock }: { db: DbOrTx; clock: Clock },
  input: { name: string; role: Role },
): Promise<ApiTokenRow & { token: string }> {
  const token = `pp_${randomBytes(20).toString('hex')}`
  const row = await insertToken(db, { ...input, token_hash: hashOf(token), created_at: clock.now() })
  return { ...row, token }
}

const NAME_LENGTH = 100

/**
 * Makes a token whose name no other one that works has: a person tells them apart by it, and a form that is sent
 * twice makes one. @throws InvalidInput by field
 */
export async function createNamedToken(
  { db, clock }: { db: Db; clock: Clock },
  input: { name: string; role: string },
): Promise<ApiTokenRow & { token: string }> {
  const name = input.name.trim()
  const faults: FieldFault[] = []
  const refuse = (field: string, message: string) => faults.push({ field, message })
  if (name === '') refuse('name', 'Say who or what will use it.')
  else if (name.length > NAME_LENGTH)
    refuse('name', `The name has ${name.length} characters; ${NAME_LENGTH} are the most.`)
  else if (/\p{Cc}/u.test(name)) refuse('name', 'Write the name on one line, without control characters.')
  if (!isRole(input.role)) refuse('role', 'Choose one of the roles.')
  if (faults.length > 0) throw new InvalidInput(faults)
  return db.transaction().execute(async (tx) => {
    await lockTokens(tx)
    if (await isNameInUse(tx, name))
      throw new InvalidInput([
        { field: 'name', message: `A token called "${name}" works already: choose another name, or revoke it first.` },
      ])
    return createApiToken({ db: tx, clock }, { name, role: input.role as Role })
  })
}

/** @throws NotFound */
export async function getApiToken({ db }: { db: Db }, { id }: { id: number }): Promise<ApiTokenRow> {
  const token = await findToken(db, id)
  if (!token) throw new NotFound(`API token ${id}`)
  return token
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
