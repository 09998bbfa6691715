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
import { explainDelivery } from '../../../src/features/campaigns/index.ts'
import { listMergeRows } from '../../../src/features/campaigns/writing/queries.ts'
import { introduce } from '../../../src/features/partnerships/index.ts'
import { openTestDeps } from '../../support/deps.ts'
import { addApplicant, addRound, suppress } from '../campaigns/round.ts'
import { addIntroductions, addPartnerships, copiesOf } from './round.ts'

const DUE = new Date('2016-03-03T09:00:00Z')

const person = fc.record({
  // most are as they should be
  state: fc.constantFrom('confirmed', 'confirmed', 'confirmed', 'withdrawn'),
  hasAddress: fc.constantFrom(true, true, true, false),
  code_of_conduct_agreed: fc.constantFrom(true, true, true, false),
  stopped: fc.constantFrom(null, null, 'campaigns', 'all'),
  country_code: fc.constantFrom('KE', 'SE'),
})
type Made = typeof person extends fc.Arbitrary<infer Value> ? Value : never
/** Of pairs, trios and mentors: who is with whom, by place in the list of people. */
const shapes: Record<string, number[][]> = {
  pair: [[0, 1]],
  trio: [[0, 1, 2]],
  mentor: [
    [0, 1],
    [0, 2],
    [0, 3],
  ],
  alone: [],
}
const group = fc.record({
  shape: fc.constantFrom('pair', 'pair', 'trio', 'mentor', 'alone'),
  people: fc.array(person, { minLength: 4, maxLength: 4 }),
  is_introduced: fc.constantFrom(false, false, false, true),
})

test('both or neither: of those introduced together everybody is a recipient, or nobody is and each has a reason', async () => {
  const { db } = await openTestDeps()
  let runs = 0
  let addresses = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(group, { minLength: 1, maxLength: 6 }),
      fc.constantFrom<string[] | undefined>(undefined, ['KE']),
      async (groups, countries) => {
        const round_id = await addRound(db, `R${runs++}`)
        const rule: AudienceRule = {
          ...{ round_id, kind: 'introduction', lane: 'automatic' },
          audience: { states: ['confirmed'], ...(countries ? { countries } : {}) },
        }
        const isFine = (made: Made) =>
          made.state === 'confirmed' &&
          made.hasAddress &&
          made.code_of_conduct_agreed &&
          made.stopped !== 'all' &&
          (!countries || made.country_code === 'KE')
        const expected: number[] = []
        const waiting: number[][] = []
        for (const { shape, people, is_introduced } of groups) {
          const together = shapes[shape] as number[][]
          const needed = shape === 'pair' ? 2 : shape === 'trio' ? 3 : 4
          const ids: number[] = []
          for (const made of people.slice(0, needed)) {
            const address = made.hasAddress ? `p${addresses++}@library.example` : null
            ids.push(await addApplicant(db, round_id, { ...made, address }))
            if (address && made.stopped) await suppress(db, address, made.stopped as 'all')
          }
          if (together.length === 0) continue
          const made = await addPartnerships(
            db,
            round_id,
            together.map((places) => places.map((place) => ids[place] as number)),
          )
          if (is_introduced)
            await sql`update partnerships set introduced_at = now() where id = any(${made})`.execute(db)
          else {
            waiting.push(ids)
            if (people.slice(0, needed).every(isFine)) expected.push(...ids)
          }
        }

        expect(await listRecipientIds(db, rule)).toEqual(expected)
        const counted = await countAudience(db, rule)
        expect(counted.recipients).toBe(expected.length)
        const { rows } = await sql<{ id: number }>`
          insert into campaigns (round_id, kind, lane) values (${round_id}, 'introduction', 'automatic') returning id`.execute(
          db,
        )
        const campaign_id = rows[0]?.id as number
        await freezeAudience(db, rule, {
          ...{ campaign_id, version: 1, languages: {}, default_language: 'en', due_at: DUE, places: [] },
        })
        const queue = await db
          .selectFrom('deliveries')
          .select(['person_id', 'state', 'skipped_reason', 'partnership_id'])
          .where('campaign_id', '=', campaign_id)
          .orderBy('id')
          .execute()
        expect(queue.flatMap((row) => (row.state === 'queued' ? [row.person_id] : []))).toEqual(expected)
        const skipped = Map.groupBy(
          queue.filter((row) => row.skipped_reason !== null),
          (row) => row.skipped_reason as string,
        )
        expect(counted.skipped).toEqual(Object.fromEntries([...skipped].map(([reason, all]) => [reason, all.length])))
        for (const ids of waiting) {
          const rows = queue.filter((row) => ids.includes(row.person_id as number))
          expect(new Set(rows.map((row) => row.partnership_id)).size).toBeLessThanOrEqual(1)
          expect([0, ids.length]).toContain(rows.filter((row) => row.state === 'queued').length)
        }
        // Each text shows exactly the others of the partnerships that it introduces.
        for (const row of await listMergeRows(db, campaign_id, expected)) {
          const own = waiting.find((ids) => ids.includes(row.person_id as number)) as number[]
          const isMentor = own.length === 4
          const isFirst = own[0] === row.person_id
          expect(row.partners.length).toBe(isMentor ? (isFirst ? 3 : 1) : own.length - 1)
          expect(row.reasons).toEqual(['You both work in public libraries.'])
        }
        // Those who are on their way are not for another introduction.
        for (const id of expected.slice(0, 2)) expect(await findInAudience(db, rule, id)).toBeUndefined()
      },
    ),
    { numRuns: 40 },
  )
})

test('why one was left out is said for both, in their own words', async () => {
  const deps = await openTestDeps()
  const { round_id, idOf } = await addIntroductions(deps.db, [
    ['ana', 'ben'],
    ['eva', 'dan'],
  ])
  await sql`update applications set state = 'withdrawn' where person_id = ${idOf('ben')}`.execute(deps.db)
  const { campaign_id } = await introduce(deps, { round_id })
  expect(await copiesOf(deps.db, campaign_id)).toEqual({
    ana: 'skipped: partner_unreachable',
    eva: 'queued',
    dan: 'queued',
  })
  const why = async (name: string) => (await explainDelivery(deps.db, { person_id: idOf(name), campaign_id })).sentence
  expect(await why('ana')).toBe('Not sent: their partner cannot be reached by email, so neither was introduced.')
  expect(await why('ben')).toContain('The audience of this campaign does not pick Amina')
})
