import { migrate } from '../src/platform/db/migrate.ts'
import { type Database, openDatabase } from '../src/platform/db/open.ts'

/** A migrated database with so many participants. */
export async function makeParticipants(server: string, url: URL, size: number): Promise<void> {
  const use = async (where: string, work: (database: Database) => Promise<unknown>) => {
    const database = openDatabase(where, { max: 2, onError: () => undefined })
    await work(database).finally(database.close)
  }
  await use(server, ({ pool }) => pool.query(`create database ${url.pathname.slice(1)}`))
  await use(url.href, async ({ pool }) => {
    await migrate(pool)
    await pool.query(`
      with round as (insert into rounds (code, name, starts_on) values ('2016A', 'Round 2016A', '2016-03-01') returning id),
      made as (
        insert into people (given_name, family_name, country_code, language)
        select (array['Amina','Mateo','雪子','Siobhán','ليلى'])[1 + n % 5] || ' ' || n, 'Of Books',
          (array['AU','FI','KE','BR','JP'])[1 + n % 5], (array['en','fr','ar'])[1 + n % 3]
        from generate_series(1, ${size}) n returning id, country_code),
      addressed as (insert into addresses (person_id, address) select id, 'reader' || id || '@library.example' from made)
      insert into applications (round_id, person_id, state, submitted_at, country_code, code_of_conduct_agreed, commitment_agreed)
      select round.id, made.id, 'confirmed', now(), made.country_code, true, true from made, round`)
    await pool.query('analyze')
  })
}
