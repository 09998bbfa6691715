import fc from 'fast-check'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import {
  type AudienceRule,
  countAudience,
  findInAudience,
  freezeAudience,
  listRecipientIds,
} from '../../../src/features/campaigns/audience/audience-queries.ts'
import { scheduleCampaign } from '../../../src/features/campaigns/schedule/schedule.ts'
import { findMergeRow } from '../../../src/features/campaigns/writing/queries.ts'
import { openTestDeps } from '../../support/deps.ts'
import { addApplicant, addDraft, addPartnership, addRound, suppress } from './round.ts'

const STATES = ['applied', 'waitlisted', 'confirmed', 'declined', 'lapsed', 'withdrawn', 'removed'] as const
const DUE = new Date('2016-03-03T09:00:00Z')

const person = fc.record({
  state: fc.constantFrom(...STATES),
  country_code: fc.constantFrom('KE', 'SE', 'BR'),
  pathway: fc.constantFrom('direct', 'ALIA', 'IRRT'),
  sector: fc.constantFrom(null, 'academic', 'public'),
  hasAddress: fc.boolean(),
  code_of_conduct_agreed: fc.boolean(),
  stopped: fc.constantFrom(null, 'all', 'campaigns'),
  partner: fc.constantFrom('none', 'proposed', 'introduced', 'ended'),
})
const audience = fc.record(
  {
    states: fc.uniqueArray(fc.constantFrom(...STATES), { minLength: 1 }),
    countries: fc.subarray(['KE', 'SE', 'BR']),
    pathways: fc.subarray(['direct', 'ALIA', 'IRRT']),
    sectors: fc.subarray(['academic', 'public']),
    matched: fc.boolean(),
  },
  { requiredKeys: [] },
)
type Made = typeof person extends fc.Arbitrary<infer Value> ? Value : never

test('count, list and queue are one: recipients and skipped together are everybody whom the rule picks', async () => {
  const { db } = await openTestDeps()
  const other = await addRound(db, '2015B')
  let runs = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(person, { maxLength: 12 }),
      audience,
      fc.constantFrom('topic' as const, 'introduction' as const),
      async (people, picks, kind) => {
        const round_id = await addRound(db, `R${runs++}`)
        const lane = kind === 'topic' ? 'campaign' : 'automatic'
        await addApplicant(db, other, { state: 'applied' })
        const ids: number[] = []
        for (const [at, made] of people.entries()) {
          const address = made.hasAddress ? `p${runs}.${at}@library.example` : null
          const id = await addApplicant(db, round_id, { ...made, address })
          ids.push(id)
          if (address && made.stopped) await suppress(db, address, made.stopped as 'all')
          if (made.partner !== 'none') {
            const partner = await addApplicant(db, other)
            const times = {
              ...(made.partner === 'introduced' || made.partner === 'ended' ? { introduced_at: DUE } : {}),
              ...(made.partner === 'ended' ? { ended_at: DUE } : {}),
            }
            await addPartnership(db, round_id, [id, partner], times)
          }
        }
        const rule: AudienceRule = { round_id, kind, lane, audience: picks as AudienceRule['audience'] }
        const { rows } = await sql<{ id: number }>`
          insert into campaigns (round_id, kind, lane) values (${round_id}, ${kind}, ${lane}) returning id`.execute(db)
        const campaign_id = rows[0]?.id as number

        const expected = people.flatMap((made, at) =>
          isPicked(made, picks, kind) ? [{ person_id: ids[at], skipped_reason: reasonOf(made, lane, kind) }] : [],
        )
        const recipients = expected.filter((row) => row.skipped_reason === null)
        const counted = await countAudience(db, rule)
        expect(counted.recipients).toBe(recipients.length)
        expect(sum(counted.skipped)).toBe(expected.length - recipients.length)
        expect(await listRecipientIds(db, rule)).toEqual(recipients.map((row) => row.person_id))

        const frozen = await freezeAudience(db, rule, {
          ...{ campaign_id, version: 1, languages: {}, default_language: 'en', due_at: DUE, places: [] },
        })
        expect(frozen).toBe(expected.length)
        const queue = await db
          .selectFrom('deliveries')
          .select(['person_id', 'skipped_reason'])
          .where('campaign_id', '=', campaign_id)
          .orderBy('person_id')
          .execute()
        expect(queue).toEqual(expected)
        for (const [at, made] of people.entries()) {
          // Matched is exactly whoever's text shows a partner.
          const row = await findMergeRow(db, campaign_id, ids[at] as number)
          const whole = { ...rule, audience: { states: [...STATES], matched: true } }
          expect((await findInAudience(db, whole, ids[at] as number)) !== undefined, made.partner).toBe(
            (row?.partners.length ?? 0) > 0,
          )
        }
      },
    ),
    { numRuns: 40 },
  )
})

/** The rule once more, in other words. */
function isPicked(made: Made, picks: Record<string, unknown>, kind: string): boolean {
  const among = (list: unknown, value: unknown) => list === undefined || (list as unknown[]).includes(value)
  // An introduction is for those who wait for it and for nobody else.
  const introduces = kind === 'introduction'
  const hasPartner = made.partner === (introduces ? 'proposed' : 'introduced')
  return (
    among(picks.states ?? ['applied', 'confirmed'], made.state) &&
    among(picks.countries, made.country_code) &&
    among(picks.pathways, made.pathway) &&
    among(picks.sectors, made.sector) &&
    (introduces ? hasPartner && picks.matched !== false : picks.matched === undefined || picks.matched === hasPartner)
  )
}

function reasonOf(made: Made, lane: string, kind: string): string | null {
  if (!made.hasAddress) return 'no_address'
  if (!made.code_of_conduct_agreed) return 'no_code_of_conduct'
  if (made.stopped === 'all' || (made.stopped === 'campaigns' && lane === 'campaign')) return 'unsubscribed'
  // Their partner is in another round: more of this in test/features/partnerships.
  return kind === 'introduction' ? 'partner_unreachable' : null
}

const sum = (counts: Record<string, number>) => Object.values(counts).reduce((total, count) => total + count, 0)

test('every reason to leave somebody out is said', async () => {
  const deps = await openTestDeps()
  const round = await addRound(deps.db)
  await addApplicant(deps.db, round)
  await addApplicant(deps.db, round, { address: null })
  await addApplicant(deps.db, round, { code_of_conduct_agreed: false })
  for (const reason of ['unsubscribed', 'hard_bounce', 'complaint', 'removed', 'manual']) {
    await addApplicant(deps.db, round, { address: `${reason}@library.example` })
    await suppress(deps.db, `${reason}@library.example`, reason === 'unsubscribed' ? 'campaigns' : 'all', reason)
  }
  const scheduled = await scheduleCampaign(deps, await addDraft(deps.db), { at: 'now' })
  expect(scheduled).toMatchObject({
    recipients: 1,
    skipped: {
      ...{ no_address: 1, no_code_of_conduct: 1, unsubscribed: 1, hard_bounce: 1, complaint: 1, removed: 1 },
      suppressed: 1,
    },
  })
})

test('who unsubscribed from campaigns still gets automatic email; who bounced for good does not', async () => {
  const deps = await openTestDeps()
  const round = await addRound(deps.db)
  await addApplicant(deps.db, round, { address: 'stopped@library.example' })
  await addApplicant(deps.db, round, { address: 'gone@library.example' })
  await suppress(deps.db, 'stopped@library.example', 'campaigns')
  await suppress(deps.db, 'gone@library.example', 'all', 'hard_bounce')
  const id = await addDraft(deps.db, { kind: 'reminder' })
  expect(await scheduleCampaign(deps, id, { at: 'now' })).toMatchObject({ recipients: 1, skipped: { hard_bounce: 1 } })
})

test('a suppression that was lifted leaves nobody out', async () => {
  const { db } = await openTestDeps()
  const round_id = await addRound(db)
  await addApplicant(db, round_id, { address: 'back@library.example' })
  await suppress(db, 'back@library.example', 'campaigns')
  await db.updateTable('suppressions').set({ lifted_at: DUE }).execute()
  const rule = { round_id, kind: 'topic', lane: 'campaign', audience: {} }
  expect(await countAudience(db, rule)).toEqual({ recipients: 1, skipped: {} })
})

test('each recipient is frozen in the language they will read', async () => {
  const deps = await openTestDeps()
  const round = await addRound(deps.db)
  for (const language of ['en', 'fr', 'fr-CA', 'es', 'pt-BR']) await addApplicant(deps.db, round, { language })
  const id = await addDraft(deps.db, { variants: { fr: { subject: 'Sujet 1', body_markdown: 'Bonjour.' } } })
  await scheduleCampaign(deps, id, { at: 'now' })
  const rows = await deps.db.selectFrom('deliveries').select('language').orderBy('person_id').execute()
  expect(rows.map((row) => row.language)).toEqual(['en', 'fr', 'fr', 'en', 'en'])
})
