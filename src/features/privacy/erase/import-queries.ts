import { sql } from 'kysely'
import type { DbOrTx } from '../../../platform/db/open.ts'
import type { Traces } from './trace-queries.ts'

/** What imports wrote of these people and what stood there before: an undo of such an import leaves them as they are now. */
export async function eraseImportChanges(tx: DbOrTx, { person_ids, application_ids }: Traces): Promise<void> {
  const ids = person_ids.map(String)
  await sql`
    delete from import_changes
    where (table_name = 'people' and row_id = any(${person_ids}::bigint[]))
      or (table_name = 'applications' and row_id = any(${application_ids}::bigint[]))
      or (table_name in ('addresses', 'applications') and (after ->> 'person_id' = any(${ids}::text[]) or before ->> 'person_id' = any(${ids}::text[])))`.execute(
    tx,
  )
}

/** Uploads that wait to be imported and name one of them are forgotten: staff upload the file again, without them. */
export async function forgetUploads(tx: DbOrTx, { addresses }: Traces): Promise<void> {
  await sql`
    update imports set content = null, header = null, kept_until = null
    where (content is not null or header is not null) and exists (
      select from unnest(${addresses}::text[]) as own(address)
      -- as ASCII, whatever the file's encoding is: a UTF-16 file has a zero beside each letter
      where position(lower(encode(convert_to(own.address, 'UTF8'), 'escape'))
          in replace(lower(encode(coalesce(imports.content, ''), 'escape')), '\\000', '')) > 0
        or position(own.address in lower(imports.header::text)) > 0)`.execute(tx)
}

export interface KeptTexts {
  id: number
  result: unknown
  faults: unknown
  file_name: string | null
}

/** Results of imports into the rounds of these applications. */
export async function lockImportTexts(tx: DbOrTx, applicationIds: readonly number[]): Promise<KeptTexts[]> {
  const { rows } = await sql<KeptTexts>`
    select id, result, faults, file_name from imports
    where round_id in (select round_id from applications where id = any(${applicationIds}::bigint[]))
    order by id for update`.execute(tx)
  return rows
}

export async function recordImportTexts(tx: DbOrTx, rows: readonly KeptTexts[]): Promise<void> {
  if (rows.length === 0) return
  await sql`
    update imports i set result = nullif(new.result, 'null'), faults = new.faults, file_name = new.file_name
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as new(id bigint, result jsonb, faults jsonb, file_name text)
    where i.id = new.id`.execute(tx)
}

export interface JobTexts {
  id: number
  input: unknown
  result: unknown
  error: string | null
}

/** Long work that has ended and names one of these addresses or names anywhere. */
export async function lockJobTexts(tx: DbOrTx, words: readonly string[]): Promise<JobTexts[]> {
  const { rows } = await sql<JobTexts>`
    select id, input, result, error from jobs
    where state in ('done', 'failed', 'cancelled') and exists (
      select from unnest(${words}::text[]) as word
      where position(lower(word) in lower(input::text || ' ' || coalesce(result::text, '') || ' ' || coalesce(error, ''))) > 0)
    order by id for update`.execute(tx)
  return rows
}

export async function recordJobTexts(tx: DbOrTx, rows: readonly JobTexts[]): Promise<void> {
  if (rows.length === 0) return
  await sql`
    update jobs j set input = new.input, result = nullif(new.result, 'null'), error = new.error
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as new(id bigint, input jsonb, result jsonb, error text)
    where j.id = new.id`.execute(tx)
}

/**
 * Answers kept for a day for a request that comes again. Without its answer the request is still known, and not carried
 * out a second time.
 */
export async function forgetKeptAnswers(tx: DbOrTx, { person_ids, addresses, names }: Traces): Promise<void> {
  const whole = names.map(({ given_name, family_name }) => [
    JSON.stringify(given_name).slice(1, -1),
    JSON.stringify(family_name).slice(1, -1),
  ])
  await sql`
    update idempotency_keys set response = null
    where response is not null and (
      exists (select from unnest(${addresses}::text[]) as own(address) where position(own.address in lower(response)) > 0)
      or exists (
        select from jsonb_array_elements(${JSON.stringify(whole)}::jsonb) as own(name)
        where position(own.name ->> 0 in response) > 0 and position(own.name ->> 1 in response) > 0)
      or response ~ any(${person_ids.map((id) => `"person_id": ?${id}[,}]`)}::text[]))`.execute(tx)
}
