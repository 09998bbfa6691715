import { sql } from 'kysely'
import { insertEvent } from '../../../../src/features/mailchimp/back/event-queries.ts'
import { settleMailchimpEvents } from '../../../../src/features/mailchimp/back/events.ts'
import { parseMessage } from '../../../../src/features/mailchimp/back/message.ts'
import type { MailchimpDeps } from '../../../../src/features/mailchimp/deps.ts'
import { Upstream } from '../../../../src/lib/errors.ts'
import type { Mailchimp, Member } from '../../../../src/platform/mailchimp/index.ts'
import { openTestDeps } from '../../../support/deps.ts'
import { keptLog } from '../../../support/log.ts'
import { type Applicant, addApplicant, addRound } from '../../campaigns/round.ts'
import { addMember, connectList, hashOf, message } from './told.ts'

export const FIELDS = {
  ...{
    given_name: 'Ana',
    family_name: 'Okafor',
    country: 'Kenya',
    round: '2016A',
    state: 'applied',
    partner: '',
    language: 'en',
  },
}
export const MERGES = {
  FNAME: 'Ana',
  LNAME: 'Okafor',
  COUNTRY: 'Kenya',
  ROUND: '2016A',
  STATE: 'applied',
  PARTNER: '',
  LANGUAGE: 'en',
}

/** An audience with one person, in step on both sides; what Mailchimp answers about contacts is `there`. */
export async function openStage(applicant: Applicant = {}) {
  const opened = await openTestDeps()
  const { log, text } = keptLog('info')
  const there = new Map<string, Partial<Member>>()
  const asked: string[] = []
  const account: { isAway: boolean; beforeAnswer(): Promise<unknown> } = {
    isAway: false,
    beforeAnswer: async () => undefined,
  }
  const findMember: Mailchimp['findMember'] = async (_list, hash) => {
    asked.push(hash)
    if (account.isAway) throw new Upstream('mailchimp_unreachable', 'Mailchimp does not answer.', { retryable: true })
    const found = there.get(hash)
    const answer = found && { ...found }
    await account.beforeAnswer()
    return answer as Member | undefined
  }
  const mailchimp = { findMember } as Mailchimp
  const rung: string[] = []
  const deps: MailchimpDeps = { ...opened, log, mailchimp, ring: async (name) => void rung.push(name) }
  const { db } = opened
  const round = await addRound(db)
  const person_id = await addApplicant(db, round, { given_name: 'Ana', address: 'ana@x.example', ...applicant })
  await connectList(db)
  const hash = await addMember(db, { person_id, address: 'ana@x.example', fields: FIELDS, tags: ['2016A applied'] })
  /** How the contact is there from now on; null: it is not. */
  const put = (address: string, change: Partial<Member> | null) => {
    if (change === null) return void there.delete(hashOf(address))
    const last = there.get(hashOf(address))
    const fresh = {
      ...{
        id: hashOf(address),
        email_address: address,
        status: 'subscribed',
        merge_fields: MERGES,
        tags: ['2016A applied'],
      },
      last_changed: new Date('2016-03-01T08:59:58Z'),
    } as Member
    there.set(hashOf(address), { ...fresh, ...last, ...change })
  }
  put('ana@x.example', { last_changed: new Date('2016-01-01T00:00:00Z') })
  await sql`delete from mailchimp_changes`.execute(db)

  let told = 0
  const tell = async (type: string, data: Record<string, string>, fired_at?: string) => {
    const body = message(type, data, fired_at)
    const parsed = parseMessage(Buffer.from(body))
    if (!parsed) throw new Error('no message')
    await insertEvent(db, { told: parsed, digest: Buffer.from(`${told++} ${body}`), now: deps.clock.now() })
  }
  const settle = () => settleMailchimpEvents(deps)
  /** What waits is due now. */
  const later = () => sql`update mailchimp_events set next_try_at = '2016-01-01' where state = 'waiting'`.execute(db)
  const events = async () =>
    (await db.selectFrom('mailchimp_events').selectAll().orderBy('id').execute()).map(({ kind, state, outcome }) => [
      kind,
      state,
      outcome,
    ])
  const stops = () =>
    db
      .selectFrom('suppressions')
      .select(['address', 'scope', 'reason', 'source'])
      .where('lifted_at', 'is', null)
      .orderBy('address')
      .orderBy('reason')
      .execute()
  const consents = () =>
    db.selectFrom('consents').select(['person_id', 'purpose', 'given', 'wording', 'source']).orderBy('id').execute()
  const person = () =>
    db
      .selectFrom('people')
      .select(['given_name', 'family_name', 'language'])
      .where('id', '=', person_id)
      .executeTakeFirstOrThrow()
  const member = (of = hash) => db.selectFrom('mailchimp_members').selectAll().where('hash', '=', of).executeTakeFirst()
  const changes = async () => (await db.selectFrom('mailchimp_changes').selectAll().execute()).length
  return {
    ...{
      deps,
      db,
      clock: opened.clock,
      round,
      person_id,
      hash,
      put,
      asked,
      account,
      tell,
      settle,
      later,
      events,
      stops,
    },
    ...{ consents, person, member, changes, log: text, rung },
  }
}

export const LEFT = { email: 'ana@x.example', action: 'unsub', reason: 'manual' }
