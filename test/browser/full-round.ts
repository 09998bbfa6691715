import { sql } from 'kysely'
import { loadDemo } from '../../src/demo/data.ts'
import type { Deps } from '../../src/deps.ts'
import { createCampaign, scheduleCampaign, updateCampaign } from '../../src/features/campaigns/index.ts'
import { ensureSender } from '../../src/features/deliveries/index.ts'
import { pausePerson, suppressPerson } from '../../src/features/people/index.ts'
import { updateProgramme } from '../../src/features/programme/index.ts'
import { createApiToken } from '../../src/features/staff/index.ts'
import { createWebhook } from '../../src/features/webhooks/index.ts'
import { addPartnership } from '../features/campaigns/round.ts'
import { type FullMailchimp, stageMailchimp } from './full-mailchimp.ts'
import { type FullMatching, fillMatching } from './full-matching.ts'
import { type FullReplies, fillReplies } from './full-replies.ts'

const ARABIC = {
  subject: 'الموضوع 10: مكتبات بلا جدران، وما الذي نتعلّمه منها كلّ يوم',
  preheader: 'حكايات من مكتبات متنقّلة',
  body_markdown: '## أهلًا {{participant.given_name}}\n\nاكتبوا إلى {{partner.given_name}}.\n\n- سؤال أول\n- سؤال ثانٍ',
}

/** Campaigns of the stage by what is shown with them. */
export interface FullRound extends FullMatching, FullReplies, FullMailchimp {
  done: number
  scheduled: number
  paused: number
  arabic: number
  faulty: number
  draft: number
  /** Somebody with a name from right to left, a partner, a pause and mail of every kind. */
  person: number
}

/**
 * The made-up round with something in every state that a page can show: names and texts in both directions, long
 * words, mail refused, uncertain and held, matching runs that go on, have failed and have ended, a log of many entries.
 */
export async function fillRound(deps: Deps): Promise<FullRound> {
  const { db } = deps
  const { topics } = await loadDemo(
    { ...deps, config: { ...deps.config, demoScale: 0.1 } },
    { answered: true, starts_in_days: -9 },
  )
  const topic = (number: number) => topics.get(number) ?? 0
  const { id: person } = await db.selectFrom('people').select('id').orderBy('id').executeTakeFirstOrThrow()
  const [second] = await db.selectFrom('people').select('id').where('id', '>', person).orderBy('id').execute()
  await db
    .updateTable('people')
    .set({ given_name: 'عائشة', family_name: 'بنت عبد الرحمن المنصوري', language: 'ar' })
    .where('id', '=', person)
    .execute()
  const round = await db.selectFrom('rounds').select('id').executeTakeFirstOrThrow()
  await addPartnership(db, round.id, [person, second?.id ?? 0], { introduced_at: deps.clock.now() })
  await updateProgramme(deps, {
    name: 'International Librarians Network',
    contact_address: 'hello@iln.example',
    footer: 'International Librarians Network\nPO Box 1234, Sydney NSW 2000',
    languages: ['en', 'fr', 'es', 'ar'],
  })

  await createWebhook(deps, { url: 'https://8.8.8.8/news', types: ['delivery.bounced'], by: 'عائشة Okafor' })
  await db
    .insertInto('webhook_messages')
    .values({
      ...{ endpoint_id: 1, type: 'delivery.bounced', payload: '{}', occurred_at: deps.clock.now(), state: 'failed' },
      ...{ tries: 10, last_words: 'It answered 503 Service Unavailable.' },
    })
    .execute()
  const sender = await ensureSender(db, '14/1s,2000/24h')
  const worker = await db
    .insertInto('workers')
    .values({ host: 'desk', pid: 1 })
    .returning('id')
    .executeTakeFirstOrThrow()
  for (const number of [1, 3]) {
    await scheduleCampaign(deps, topic(number), { at: 'now' })
    await spreadStates(deps, { campaign: topic(number), sender, worker: worker.id })
  }
  await sql`update campaigns set state = 'done', started_at = now() - interval '2 hours', finished_at = now() where id = ${topic(1)}`.execute(
    db,
  )
  await sql`update campaigns set state = 'paused', started_at = now() where id = ${topic(3)}`.execute(db)
  await scheduleCampaign(deps, topic(2), { at: new Date(Date.now() + 5 * 86_400_000).toISOString() })
  const arabic = await createCampaign(deps, {
    ...{ round: '2016A', kind: 'announcement', language: 'ar', from_name: 'فريق البرنامج' },
    ...ARABIC,
  })
  await updateCampaign(deps, {
    id: topic(4),
    change: {
      subject: 'LOOK AT THIS NOW PLEASE',
      preheader: '',
      body_markdown:
        'Hello {{participant.gven_name}},\n\n[click here]()\n\n![](https://pictures.example/a.png)\n\n{{oops',
    },
  })
  await pausePerson(deps, { id: person, until: new Date(Date.now() + 20 * 86_400_000), source: 'delivery 1' })
  await suppressPerson(deps, { id: second?.id ?? 0, scope: 'campaigns', reason: 'manual', source: 'staff 1' })
  await addLogs(deps)
  return {
    ...(await fillMatching(deps, [person, second?.id ?? 0])),
    ...(await fillReplies(deps, { person, round_id: round.id })),
    // After the others, whose jobs are opened by their numbers.
    ...(await stageMailchimp(deps, [topic(6), topic(7)])),
    ...{ done: topic(1), scheduled: topic(2), paused: topic(3), faulty: topic(4), draft: topic(5) },
    ...{ arabic: arabic.id, person },
  }
}

/** Deliveries of a campaign in every state, each with the words of the mail server. */
async function spreadStates(deps: Deps, wanted: { campaign: number; sender: number; worker: number }): Promise<void> {
  const { campaign, sender, worker } = wanted
  await sql`
    with placed as (
      select id, address, lane, row_number() over (order by id) as n from deliveries where campaign_id = ${campaign} and state = 'queued'
    ), chosen as (
      select id, address, lane, case when n = 2 then 'rejected' when n = 3 then 'uncertain' when n = 4 then 'held'
        when n = 5 then 'deferred' when n = 6 then 'cancelled' when n < 90 then 'accepted' else 'queued' end as state from placed
    ), tried as (
      insert into attempts (delivery_id, sender_id, worker_id, lane, address, ended_at, outcome, code, words)
      select id, ${sender}, ${worker}, lane, address, now(), state,
        case state when 'accepted' then 250 when 'deferred' then 451 when 'rejected' then 550 end,
        case state when 'accepted' then '2.0.0 Ok: queued as 4F3A' when 'deferred' then '4.7.1 Greylisted, try again later'
          when 'rejected' then '5.1.1 <a.very.long.address.that.nobody.has@library.of.the.university.example>: no such user' end
      from chosen where state in ('accepted', 'deferred', 'rejected', 'uncertain') returning id, delivery_id
    )
    update deliveries d set state = chosen.state, attempt_id = tried.id, tries = 1,
      held_reason = case chosen.state when 'held' then 'late' end,
      accepted_at = case chosen.state when 'accepted' then now() end
    from chosen left join tried on tried.delivery_id = chosen.id where d.id = chosen.id`.execute(deps.db)
}

async function addLogs(deps: Deps): Promise<void> {
  const { db } = deps
  await sql`insert into jobs (kind, state, done, total, error, started_at, finished_at)
    select kind, state, 40, 100, case state when 'failed' then 'The connection to the database broke.' end, now(),
      case when state in ('done', 'failed', 'cancelled') then now() end
    from unnest(array['import', 'import', 'load-demo', 'import'], array['failed', 'cancelled', 'done', 'running']) as made(kind, state)`.execute(
    db,
  )
  await sql`insert into audit_log (actor, actor_name, role, did, route, params, status)
    select 'staff 1', 'عائشة', 'director', 'Pause a campaign', 'POST /console/campaigns/:id/pause', '{"id":"7"}',
      (array[303, 409, null, 500])[1 + n % 4] from generate_series(1, 60) n`.execute(db)
  await createApiToken(deps, { name: 'Website statistics', role: 'viewer' })
  await db
    .insertInto('staff')
    .values({ name: 'Ben Okafor', address: 'ben@iln.example', role: 'viewer', disabled_at: new Date() })
    .execute()
}
