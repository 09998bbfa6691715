import { gunzipSync } from 'node:zlib'
import { sql } from 'kysely'
import type { Db } from '../../../src/platform/db/open.ts'

interface Column {
  table_name: string
  column_name: string
  data_type: string
}

/** Every column of every table that may hold words. */
export async function listColumns(db: Db): Promise<Column[]> {
  const { rows } = await sql<Column>`
    select c.table_name, c.column_name, c.data_type from information_schema.columns c
    join information_schema.tables t on t.table_name = c.table_name and t.table_schema = c.table_schema
    where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.is_generated = 'NEVER'
      and c.data_type in ('text', 'json', 'jsonb', 'bytea', 'ARRAY', 'character varying')
    order by 1, 2`.execute(db)
  return rows
}

/** Tables that lead to `target` by foreign keys, over any number of other tables. */
export async function listTablesOf(db: Db, target: string): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    with recursive keys as (
      select conrelid::regclass::text as child, confrelid::regclass::text as parent from pg_constraint where contype = 'f'
    ), leads as (
      select ${target}::text as name
      union select keys.child from keys join leads on leads.name = keys.parent
    ) select name from leads order by 1`.execute(db)
  return rows.map(({ name }) => name)
}

/**
 * Writes words into a column of the rows that a condition finds. False when the column takes no such words: a state, a key,
 * something that has a shape.
 */
export async function fillColumn(
  db: Db,
  { table_name, column_name, data_type }: Column,
  { where, words }: { where: string; words: string },
): Promise<boolean> {
  const column = sql.ref(column_name)
  const json = JSON.stringify(words)
  const value =
    data_type === 'bytea'
      ? sql`convert_to(${words}, 'UTF8')`
      : data_type === 'ARRAY'
        ? sql`array[${words}]::text[]`
        : data_type === 'jsonb'
          ? sql`case jsonb_typeof(${column}) when 'array' then ${column} || jsonb_build_array(${json}::jsonb)
              when 'object' then ${column} || jsonb_build_object('filled', ${json}::jsonb)
              else jsonb_build_object('filled', ${json}::jsonb) end`
          : sql`${words}`
  try {
    await sql`update ${sql.table(table_name)} set ${column} = ${value} where ${sql.raw(where)}`.execute(db)
    return true
  } catch {
    return false
  }
}

/** Where one of these words stands, as `table.column: what stands there`. What is packed is unpacked. */
export async function findWords(db: Db, words: RegExp): Promise<string[]> {
  const found: string[] = []
  for (const { table_name, column_name, data_type } of await listColumns(db)) {
    const column = sql.ref(column_name)
    const isBytes = data_type === 'bytea'
    const { rows } = await sql<{ value: string | Buffer }>`
      select ${isBytes ? column : sql`${column}::text`} as value from ${sql.table(table_name)}
      where ${column} is not null`.execute(db)
    for (const { value } of rows) {
      const text = typeof value === 'string' ? value : unpacked(value)
      if (words.test(text)) found.push(`${table_name}.${column_name}: ${text.slice(0, 120)}`)
    }
  }
  return found
}

function unpacked(bytes: Buffer): string {
  try {
    return gunzipSync(bytes).toString('utf8')
  } catch {
    // UTF-16 reads as UTF-8 once its zeros are gone
    return bytes.toString('utf8').replaceAll('\0', '')
  }
}
