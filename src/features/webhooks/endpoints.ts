import { randomBytes } from 'node:crypto'
import type { Clock } from '../../lib/clock.ts'
import { Conflict, type FieldFault, InvalidInput, NotFound } from '../../lib/errors.ts'
import type { TokenKeys } from '../../lib/tokens.ts'
import type { Db } from '../../platform/db/open.ts'
import {
  deleteEndpoint,
  type EndpointRow,
  findEndpoint,
  insertEndpoint,
  listDisabledEndpoints,
  listEndpointRows,
  recordDisabled,
  recordEnabled,
  recordTypes,
} from './endpoint-queries.ts'
import { findFaultOfUrl, reachFrom } from './reachable.ts'
import { MOST_ENDPOINTS, NEWS, TRIED_FOR_MS } from './rules.ts'
import { secretOf } from './secret.ts'

export interface EndpointDeps {
  db: Db
  clock: Clock
  keys: TokenKeys
  config: { publicUrl: string }
}

const SALT_OCTETS = 32
const STOPPED = 'It was stopped by staff.'

/**
 * Makes an endpoint. `secret` is given this once and stands nowhere: the row keeps what it is made from.
 * @throws InvalidInput for `url` and `types`, Conflict `too_many_webhooks`
 */
export async function createWebhook(
  { db, clock, keys, config }: EndpointDeps,
  input: { url: string; types: readonly string[]; by: string },
): Promise<EndpointRow & { secret: string }> {
  const url = input.url.trim()
  const faultOfUrl = await findFaultOfUrl(url, reachFrom(config))
  const faults = [...(faultOfUrl ? [{ field: 'url', message: faultOfUrl }] : []), ...faultsOfTypes(input.types)]
  if (faults.length > 0) throw new InvalidInput(faults)
  const salt = randomBytes(SALT_OCTETS)
  const values = { url: new URL(url).href, types: tidyTypes(input.types), salt }
  const id = await db
    .transaction()
    .execute((tx) => insertEndpoint(tx, { ...values, created_by: input.by, created_at: clock.now() }, MOST_ENDPOINTS))
  if (id === 'known')
    throw new InvalidInput([{ field: 'url', message: 'There is a webhook to this address already: change that one.' }])
  if (id === 'full')
    throw new Conflict('too_many_webhooks', `There are ${MOST_ENDPOINTS} webhooks, the most there may be. Remove one.`)
  return { ...(await getWebhook({ db }, { id })), secret: secretOf(keys, salt) }
}

/** All of them by id; there are few. */
export function listWebhooks({ db }: { db: Db }): Promise<EndpointRow[]> {
  return listEndpointRows(db)
}

/** What Home tells a director: webhooks that were disabled because of what their receivers answered. */
export function listDisabledWebhooks({ db }: { db: Db }) {
  return listDisabledEndpoints(db, STOPPED)
}

/** @throws NotFound */
export async function getWebhook({ db }: { db: Db }, { id }: { id: number }): Promise<EndpointRow> {
  const endpoint = await findEndpoint(db, id)
  if (!endpoint) throw new NotFound(`Webhook ${id}`)
  return endpoint
}

/**
 * Changes what it is told, stops it, or lets it go on: what waited meanwhile is sent then.
 * @throws NotFound, InvalidInput for `types`
 */
export async function updateWebhook(
  { db }: { db: Db },
  { id, types, enabled }: { id: number; types?: readonly string[] | undefined; enabled?: boolean | undefined },
): Promise<EndpointRow> {
  const faults = types ? faultsOfTypes(types) : []
  if (faults.length > 0) throw new InvalidInput(faults)
  await db.transaction().execute(async (tx) => {
    if (types) await recordTypes(tx, id, tidyTypes(types))
    if (enabled === true) await recordEnabled(tx, id, TRIED_FOR_MS)
    if (enabled === false) await recordDisabled(tx, id, STOPPED)
  })
  return getWebhook({ db }, { id })
}

/** With its log; its secret signs nothing any more. @throws NotFound */
export async function removeWebhook({ db }: { db: Db }, { id }: { id: number }): Promise<void> {
  if (!(await deleteEndpoint(db, id))) throw new NotFound(`Webhook ${id}`)
}

function faultsOfTypes(types: readonly string[]): FieldFault[] {
  const known: readonly string[] = NEWS
  const unknown = types.find((type) => !known.includes(type))
  if (types.length === 0) return [{ field: 'types', message: 'Choose at least one kind of news.' }]
  return unknown === undefined ? [] : [{ field: 'types', message: `Choose from: ${known.join(', ')}.` }]
}

const tidyTypes = (types: readonly string[]): string[] => NEWS.filter((type) => types.includes(type))
