import { expect, test } from 'vitest'
import {
  approveRun,
  breakProposal,
  getMatchingRun,
  listProposals,
  listSwapCandidates,
  pairPeople,
  swapPartner,
} from '../../../../src/features/matching/index.ts'
import { madeUp, openMatching } from '../round.ts'

const by = 'staff 1'

/** Two mentors who take two each, and four protégés. */
async function openMentors() {
  const people = madeUp(6).map((person, at) => ({
    ...person,
    answers: { ...person.answers, role: at < 2 ? 'Mentor' : 'Protégé', capacity: 2 },
  }))
  const opened = await openMatching(people)
  const id = await opened.match({ mode: 'mentors' })
  const { items } = await listProposals(opened.deps, { id })
  return { ...opened, id, items, mentors: opened.ids.slice(0, 2) }
}

test('mentors have several protégés, and every proposal says who is which', async () => {
  const { deps, id, items, mentors } = await openMentors()
  expect(items).toHaveLength(4)
  for (const { members } of items) expect(members.map(({ role }) => role)).toEqual(['mentor', 'protege'])
  for (const mentor of mentors)
    expect(items.filter(({ members }) => members.some(({ person_id }) => person_id === mentor))).toHaveLength(2)
  expect(await getMatchingRun(deps, { id })).toMatchObject({ mode: 'mentors', cardinality: 4, unmatched: [] })
})

test('a broken proposal leaves the protégé over, not a mentor who has another; the place can be filled again', async () => {
  const { deps, id, items } = await openMentors()
  const [first] = items
  const [mentor, protege] = (first?.members ?? []).map(({ person_id }) => person_id) as [number, number]
  await breakProposal(deps, { id, proposal_id: first?.id as number, by })
  expect((await getMatchingRun(deps, { id })).unmatched).toMatchObject([{ person_id: protege, reason: 'broken' }])
  const { candidates } = await listSwapCandidates(deps, { id, person_id: protege })
  expect(candidates[0]).toMatchObject({
    person: { person_id: mentor },
    proposal_id: null,
    left_over: [],
    cost: -(first?.score ?? 0),
  })
  await pairPeople(deps, { id, person_ids: [mentor, protege], by })
  expect(await getMatchingRun(deps, { id })).toMatchObject({ unmatched: [], now: { cardinality: 4 } })
  await expect(pairPeople(deps, { id, person_ids: [mentor, protege], by })).rejects.toMatchObject({
    code: 'proposals_changed',
  })
})

test('two protégés exchange their mentors, and nobody has two', async () => {
  const { deps, id, items } = await openMentors()
  const [first] = items
  const protege = first?.members[1]?.person_id as number
  const { candidates } = await listSwapCandidates(deps, { id, person_id: protege })
  expect(candidates.length).toBeGreaterThan(0)
  const [best] = candidates
  await swapPartner(deps, {
    ...{ id, by, person_id: protege, proposal_id: first?.id as number },
    with_person_id: best?.person.person_id as number,
    with_proposal_id: best?.proposal_id ?? null,
  })
  const now = (await listProposals(deps, { id })).items
  const proteges = now.flatMap(({ members }) => members.filter(({ role }) => role === 'protege'))
  expect(new Set(proteges.map(({ person_id }) => person_id)).size).toBe(4)
  expect(now).toHaveLength(4)
  expect(await approveRun(deps, { id, by })).toMatchObject({ partnerships: 4 })
})

test('two protégés are not paired with each other', async () => {
  const { deps, id, items } = await openMentors()
  for (const { id: proposal_id } of items.slice(0, 2)) await breakProposal(deps, { id, proposal_id, by })
  const left = (await getMatchingRun(deps, { id })).unmatched.filter(({ person_id }) =>
    items.some(({ members }) => members[1]?.person_id === person_id),
  )
  const person_ids = left.map(({ person_id }) => person_id) as [number, number]
  await expect(pairPeople(deps, { id, person_ids, by })).rejects.toMatchObject({ code: 'not_allowed_together' })
})

test('groups are proposals of several people; they are broken, not swapped, and approved as they are', async () => {
  const { deps, ids, match } = await openMatching(madeUp(8))
  const id = await match({ mode: 'groups', group_size: 4 })
  const { items } = await listProposals(deps, { id })
  expect(items.map(({ members }) => members.length)).toEqual([4, 4])
  expect(await getMatchingRun(deps, { id })).toMatchObject({ proven_optimal: false, bound: expect.any(Number) })
  await expect(listSwapCandidates(deps, { id, person_id: ids[0] as number })).rejects.toMatchObject({
    code: 'not_a_pair',
  })
  await breakProposal(deps, { id, proposal_id: items[0]?.id as number, by })
  expect(await approveRun(deps, { id, by })).toMatchObject({ partnerships: 1 })
})
