/** A made-up round in an empty database: `count` applicants and a draft of topic 1, for the bench and the proof. */
import { readFile } from 'node:fs/promises'
import { sql } from 'kysely'
import { createCampaign, parseTopicFile } from '../../src/features/campaigns/index.ts'
import type { Db } from '../../src/platform/db/open.ts'

export const BENCH_DOMAIN = 'library.example'

export async function readTopic() {
  const file = await readFile(new URL('../../demo/topics/01-getting-to-know-you.md', import.meta.url), 'utf8')
  const { subject, preheader, body_markdown, extras } = parseTopicFile(file, 'https://pairpost.example/pictures')
  return { subject, preheader, body_markdown, extras }
}

/** Returns the id of the draft. */
export async function makeProgramme(db: Db, count: number): Promise<number> {
  await sql`truncate campaigns, people, rounds, mailbox_messages, workers restart identity cascade`.execute(db)
  await sql`
    with round as (insert into rounds (code, name) values ('2016A', 'Round 2016A') returning id),
    made as (
      insert into people (given_name, family_name, country_code)
      select 'Reader' || n, 'Number ' || n, (array['AU','FI','KE','BR','JP'])[1 + n % 5] from generate_series(1, ${count}::int) n returning id, country_code
    ), addressed as (
      insert into addresses (person_id, address) select id, 'reader' || id || '@' || ${BENCH_DOMAIN} from made
    )
    insert into applications (round_id, person_id, submitted_at, country_code, code_of_conduct_agreed, commitment_agreed)
    select round.id, made.id, now(), made.country_code, true, true from made, round`.execute(db)
  await sql`analyze`.execute(db)
  const campaign = await createCampaign(
    { db },
    { round: '2016A', kind: 'topic', from_name: 'The programme team', ...(await readTopic()) },
  )
  return campaign.id
}
