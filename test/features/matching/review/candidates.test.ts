import { expect, test } from 'vitest'
import {
  breakProposal,
  decideAboutPair,
  getMatchingRun,
  listProposals,
  listSwapCandidates,
  lockPair,
  swapPartner,
} from '../../../../src/features/matching/index.ts'
import { type Applicant, madeUp, openMatching } from '../round.ts'

const by = 'staff 1'

async function openReview(people: Applicant[] = madeUp(24)) {
  const opened = await openMatching(people)
  const id = await opened.match({ policy: 'total' })
  const [lowest] = (await listProposals(opened.deps, { id })).items
  const [one, other] = (lowest?.members ?? []).map(({ person_id }) => person_id) as [number, number]
  const offer = (person_id: number) => listSwapCandidates(opened.deps, { id, person_id })
  return { ...opened, id, lowest: lowest as NonNullable<typeof lowest>, one, other, offer }
}

test('ten others are offered, the cheapest first, each with what becomes of the four people', async () => {
  const { lowest, one, other, offer } = await openReview()
  const { person, partner, proposal_id, score, candidates } = await offer(one)
  expect([person.person_id, partner?.person_id, proposal_id, score]).toEqual([one, other, lowest.id, lowest.score])
  expect(candidates).toHaveLength(10)
  const costs = candidates.map(({ cost }) => cost)
  expect(costs).toEqual([...costs].sort((a, b) => a - b))
  // The run has the highest total: no exchange can make it higher.
  expect(Math.min(...costs)).toBeGreaterThanOrEqual(0)
  for (const candidate of candidates) {
    expect(candidate.person.country_code).not.toBe(person.country_code)
    expect(candidate.reasons.length).toBeGreaterThan(0)
    const { other: pair, left_over } = candidate
    const rest = [...(pair?.people ?? []), ...left_over].map(({ person_id }) => person_id)
    expect(rest).toContain(other)
    expect(rest).toHaveLength(2)
  }
})

test('what every exchange is said to cost is what it costs', async () => {
  const { deps, id, lowest, one, offer } = await openReview(madeUp(10))
  const { candidates } = await offer(one)
  const [dearest] = candidates.toReversed()
  const { total_score } = await getMatchingRun(deps, { id })
  const done = await swapPartner(deps, {
    ...{ id, person_id: one, proposal_id: lowest.id, by },
    with_person_id: dearest?.person.person_id as number,
    with_proposal_id: dearest?.proposal_id ?? null,
  })
  expect(done.total_score).toBe((total_score ?? 0) - (dearest?.cost ?? 0))
  const { unmatched } = await getMatchingRun(deps, { id })
  expect(unmatched.map(({ person_id }) => person_id)).toEqual(
    dearest?.left_over.map(({ person_id }) => person_id).sort((a, b) => a - b),
  )
})

test('where the two who are freed may not be partners, they are left over, and it is said', async () => {
  const { deps, id, ids, offer } = await openReview([
    { given: 'Ana', country: 'BR' },
    { given: 'Ben', country: 'AU' },
    { given: 'Eero', country: 'FI' },
    { given: 'Fay', country: 'AU' },
  ])
  const [ana, , eero] = ids as [number, number, number]
  const { candidates } = await offer(ana)
  // With the other Australian the two pairs exchange partners; with Eero two Australians are freed.
  expect(candidates).toMatchObject([
    { left_over: [], other: { people: [{}, {}] } },
    { person: { person_id: eero }, other: null, left_over: [{ country_code: 'AU' }, { country_code: 'AU' }] },
  ])
  const { total_score } = await getMatchingRun(deps, { id })
  expect(candidates[1]?.cost).toBe((total_score ?? 0) - (candidates[1]?.score ?? 0))
})

test('people who are left over are offered too, and can be given a partner', async () => {
  const { deps, id, lowest, one, other, offer } = await openReview(madeUp(6))
  await breakProposal(deps, { id, proposal_id: lowest.id, by })
  const left = await offer(one)
  expect(left).toMatchObject({ proposal_id: null, partner: null, score: null })
  const back = left.candidates.find(({ person }) => person.person_id === other)
  expect(back).toMatchObject({ proposal_id: null, left_over: [], other: null, cost: -lowest.score })
  expect(left.candidates[0]).toEqual(back)
})

test('who is kept together is offered to nobody, nor who was parted by a decision', async () => {
  const { deps, one, offer } = await openReview(madeUp(8))
  const { candidates } = await offer(one)
  const [first, second] = candidates
  await lockPair(deps, { proposal_id: first?.proposal_id as number, by })
  await decideAboutPair(deps, { code: '2016A', kind: 'ban', person_ids: [one, second?.person.person_id as number], by })
  const now = (await offer(one)).candidates.map(({ person }) => person.person_id)
  expect(now).not.toContain(first?.person.person_id)
  expect(now).not.toContain(second?.person.person_id)
  expect(now.length).toBeGreaterThan(0)
})

test('a trio has no partner to exchange; broken, its people can be paired', async () => {
  const { deps, id, ids, offer } = await openReview(madeUp(3))
  await expect(offer(ids[0] as number)).rejects.toMatchObject({ code: 'not_a_pair' })
  await expect(offer(999)).rejects.toMatchObject({ code: 'not_found' })
  const [trio] = (await listProposals(deps, { id })).items
  expect(trio?.members).toHaveLength(3)
  await breakProposal(deps, { id, proposal_id: trio?.id as number, by })
  expect((await offer(ids[0] as number)).candidates).toHaveLength(2)
})

test('somebody of a trio may leave it for another pair: the two others stay together', async () => {
  const { deps, id } = await openReview(madeUp(9))
  const { items } = await listProposals(deps, { id })
  const trio = items.find(({ members }) => members.length === 3)
  const pair = items.find(({ members }) => members.length === 2)
  const { candidates } = await listSwapCandidates(deps, {
    id,
    person_id: pair?.members[0]?.person_id as number,
    limit: 100,
  })
  const leaving = candidates.filter(({ proposal_id }) => proposal_id === trio?.id)
  expect(leaving.length).toBeGreaterThan(0)
  for (const { other, left_over } of leaving) expect((other?.people.length ?? 0) + left_over.length).toBe(3)
})

test('a page of candidates of 1,162 people is there at once', { timeout: 60_000 }, async () => {
  const { offer, one } = await openReview(madeUp(1162))
  const began = performance.now()
  expect((await offer(one)).candidates).toHaveLength(10)
  console.info(`ten candidates out of 1,162 people: ${Math.round(performance.now() - began)} ms`)
})
