import fc from 'fast-check'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { DELIVERY_STATES } from '../../../../src/features/deliveries/index.ts'
import { listDeliveryPeople, reportOnDelivery } from '../../../../src/features/reports/delivery/index.ts'
import { ENGAGED, FACTS } from '../../../../src/features/reports/engagement/facts-queries.ts'
import {
  listEngagementPeople,
  readCampaignFigures,
  reportOnEngagement,
} from '../../../../src/features/reports/engagement/index.ts'
import { type EventKind, type Mail, openMail } from './made-up-mail.ts'

const LINKS = ['aaaaaaaaaaaa', 'bbbbbbbbbbbb']

const event = fc.record({
  kind: fc.constantFrom<EventKind[]>('bounce', 'complaint', 'unsubscribe', 'reply', 'auto_reply'),
  class: fc.constantFrom('hard', 'soft', 'full', 'policy'),
})
const hit = fc.record({ human: fc.nat(3), machine: fc.nat(3) })
const email = fc.record({
  // most are accepted, as in life
  state: fc.oneof({ weight: 3, arbitrary: fc.constant('accepted') }, fc.constantFrom(...DELIVERY_STATES)),
  is_test: fc.boolean(),
  agreed: fc.boolean(),
  domain: fc.constantFrom('a.example', 'b.example', 'c.example', null),
  events: fc.array(event, { maxLength: 4 }),
  hits: fc.array(hit, { maxLength: LINKS.length }),
  picture: fc.option(hit, { nil: undefined }),
})
const campaign = fc.record({
  kind: fc.constantFrom('topic', 'topic', 'announcement', 'closing', 'automatic'),
  state: fc.constantFrom('sending', 'paused', 'done', 'cancelled'),
  emails: fc.array(email, { maxLength: 9 }),
})
type MadeCampaign = typeof campaign extends fc.Arbitrary<infer T> ? T : never
type MadeEmail = MadeCampaign['emails'][number]

/** The same figures, counted in the plainest way. */
function countPlainly({ emails }: MadeCampaign) {
  const own = emails.filter((each) => !each.is_test)
  const accepted = own.filter((each) => each.state === 'accepted')
  const having = (test: (each: MadeEmail) => boolean) => accepted.filter(test).length
  const had = (kind: EventKind, klass?: string) =>
    having((each) => each.events.some((one) => one.kind === kind && (klass === undefined || one.class === klass)))
  const sum = (of: (each: MadeEmail) => number) => accepted.reduce((total, each) => total + of(each), 0)
  const hits = (each: MadeEmail, by: 'human' | 'machine') => each.hits.reduce((total, one) => total + one[by], 0)
  return {
    recipients: own.filter((each) => each.state !== 'skipped').length,
    accepted: accepted.length,
    rejected: own.filter((each) => each.state === 'rejected').length,
    uncertain: own.filter((each) => each.state === 'uncertain').length,
    bounced: had('bounce'),
    bounced_hard: had('bounce', 'hard'),
    complained: had('complaint'),
    unsubscribed: had('unsubscribe'),
    replied: had('reply'),
    auto_replied: had('auto_reply'),
    clicked: having((each) => hits(each, 'human') > 0),
    clicks: sum((each) => hits(each, 'human')),
    machine_clicks: sum((each) => hits(each, 'machine')),
    agreed: having((each) => each.agreed),
    opened: having((each) => each.agreed && (each.picture?.human ?? 0) > 0),
    machine_opened: having((each) => each.agreed && (each.picture?.machine ?? 0) > 0),
  }
}

async function write(mail: Mail, round_id: number, made: readonly MadeCampaign[]) {
  const ids: number[] = []
  for (const { kind, state, emails } of made) {
    const id = await mail.addCampaign(round_id, { kind, state })
    ids.push(id)
    for (const key of LINKS) await mail.addLink(id, key)
    for (const each of emails) {
      const person_id = await mail.addPerson('Reader', round_id)
      if (each.agreed) await mail.addConsent(person_id, true)
      const delivery = await mail.addEmail(id, { ...each, person_id })
      for (const one of each.events) await mail.addEvent(delivery, one.kind, { class: one.class })
      for (const [at, one] of each.hits.entries()) await mail.addHits(delivery, LINKS[at] as string, one)
      if (each.picture) await mail.addHits(delivery, '', each.picture)
    }
  }
  return ids
}

test('every figure is what the ledger says, in every mixture of states, events and hits; the lists have as many', {
  timeout: 120_000,
}, async () => {
  const mail = await openMail()
  const { deps } = mail
  let rounds = 0
  await fc.assert(
    fc.asyncProperty(fc.array(campaign, { minLength: 1, maxLength: 4 }), async (made) => {
      const code = `R${rounds++}`
      const ids = await write(mail, await mail.addRound(code), made)
      const report = await reportOnEngagement(deps, { code })
      const [topics, , , trend, other] = report.sections
      for (const [at, each] of made.entries()) {
        const key = String(ids[at])
        const section = each.kind === 'topic' ? topics : other
        const counts = section?.rows.find((row) => row.key === key)?.counts
        const plain = countPlainly(each)
        // automatic email and others that nothing has happened for yet are not shown
        const isLeftOut = each.kind !== 'topic' && !each.emails.some((one) => !one.is_test)
        expect(counts).toEqual(isLeftOut ? undefined : plain)
        if (isLeftOut) continue
        for (const column of ['accepted', 'bounced', 'replied', 'clicked', 'opened', 'uncertain'] as const) {
          const asked = { code, section: section?.key as string, row: key, column, limit: 500 }
          const { items, unnamed } = await listEngagementPeople(deps, asked)
          expect(items.length + unnamed).toBe(plain[column])
          if (column !== 'clicked' && column !== 'opened') expect(unnamed).toBe(0)
        }
        // thrown away and made anew it is the same
        const kept = await readCampaignFigures(deps, { id: ids[at] as number })
        await deps.db.deleteFrom('campaign_figures').execute()
        expect(await readCampaignFigures(deps, { id: ids[at] as number })).toEqual(kept)
      }
      const all = made.map(countPlainly)
      const sumOf = (kinds: (kind: string) => boolean, column: keyof ReturnType<typeof countPlainly>) =>
        all.reduce((sum, counts, at) => (kinds(made[at]?.kind ?? '') ? sum + counts[column] : sum), 0)
      const isTopic = (kind: string) => kind === 'topic'
      const own = trend?.rows.find((row) => row.key === code)?.counts
      if (own) {
        const { accepted, clicked, replied } = own
        expect({ accepted, clicked, replied }).toEqual({
          ...{ accepted: sumOf(isTopic, 'accepted'), clicked: sumOf(isTopic, 'clicked') },
          replied: sumOf(isTopic, 'replied'),
        })
      }
      const isOurs = () => true
      for (const before of [null, new Date('2016-02-12T00:00:00Z')]) {
        const facts = { campaign_ids: ids, before }
        const engaged = (from: ReturnType<typeof FACTS>) =>
          sql`select distinct campaign_id, person_id from ${from} order by 1, 2`.execute(deps.db)
        const plain = await engaged(sql`(${FACTS(facts)}) facts where clicked or replied`)
        expect((await engaged(sql`(${ENGAGED(facts)}) engaged`)).rows).toEqual(plain.rows)
      }
      const delivery = await reportOnDelivery(deps, { code })
      const domains = delivery.sections[0]
      for (const column of ['recipients', 'accepted', 'rejected', 'uncertain', 'complained', 'bounced_hard'] as const) {
        expect(Number(domains?.total?.counts[column] ?? 0)).toBe(sumOf(isOurs, column))
        const rows = domains?.rows.reduce((sum, { counts }) => sum + Number(counts[column]), 0)
        expect(rows ?? 0).toBe(sumOf(isOurs, column))
      }
      for (const row of domains?.rows ?? []) {
        const { items, unnamed } = await listDeliveryPeople(deps, {
          ...{ code, section: 'domains', row: row.key, column: 'people', limit: 500 },
        })
        expect(items.length + unnamed).toBe(row.counts.people)
      }
      const reasons = delivery.sections[1]?.rows ?? []
      const failed = (kind: string) =>
        reasons.reduce((sum, { key, counts }) => (key.startsWith(kind) ? sum + Number(counts.emails) : sum), 0)
      expect(failed('bounced:')).toBe(sumOf(isOurs, 'bounced'))
      expect(failed('bounced:hard')).toBe(sumOf(isOurs, 'bounced_hard'))
      expect(failed('rejected:')).toBe(sumOf(isOurs, 'rejected'))
    }),
    { numRuns: 15 },
  )
})
