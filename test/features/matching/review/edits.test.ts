import { expect, test } from 'vitest'
import {
  breakProposal,
  decideAboutPair,
  getMatchingRun,
  getProposal,
  type ListedProposal,
  listEdits,
  listProposals,
  listSwapCandidates,
  lockPair,
  pairPeople,
  swapPartner,
  undoEdit,
} from '../../../../src/features/matching/index.ts'
import { type Applicant, madeUp, openMatching } from '../round.ts'

const by = 'staff 1'

async function openReview(people: Applicant[] = madeUp(16)) {
  const opened = await openMatching(people)
  const id = await opened.match()
  const { deps } = opened
  const look = async () => (await listProposals(deps, { id })).items
  const run = () => getMatchingRun(deps, { id })
  /** The first exchange that a reviewer is offered for somebody of the proposal. */
  const offer = async (proposal: ListedProposal) => {
    const person_id = proposal.members[0]?.person_id as number
    const { candidates } = await listSwapCandidates(deps, { id, person_id })
    const best = candidates.find(({ other }) => other !== null)
    if (!best) throw new Error('nobody is offered')
    const swap = { person_id, proposal_id: proposal.id, with_person_id: best.person.person_id }
    return { best, swap: { id, ...swap, with_proposal_id: best.proposal_id, by } }
  }
  return { ...opened, id, look, run, offer }
}

const idsOf = (proposals: readonly ListedProposal[]) =>
  proposals
    .map(({ members }) => members.map(({ person_id }) => person_id).sort((a, b) => a - b))
    .sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0))

test('two pairs exchange partners: the total changes by what was said, and the figures follow', async () => {
  const { deps, look, run, offer } = await openReview()
  const before = await run()
  const [lowest] = await look()
  const { best, swap } = await offer(lowest as ListedProposal)
  const done = await swapPartner(deps, swap)
  expect(done.total_score).toBe((before.total_score ?? 0) - best.cost)
  expect(done.did).toMatch(/^Paired Person\d+ Souza and Person\d+ Souza; Person\d+ Souza and Person\d+ Souza\.$/)
  const after = await run()
  expect(after.now).toMatchObject({ total_score: done.total_score, cardinality: 8, edits: 1 })
  expect(after.total_score).toBe(before.total_score)
  expect(after.last_edit).toMatchObject({ id: done.edit_id, did: done.did, edited_by: by })
  const made = (await look()).filter(({ by_hand }) => by_hand)
  expect(made.map(({ id }) => id).sort()).toEqual([...done.proposal_ids].sort())
  const wished = made.find(({ members }) => members.some(({ person_id }) => person_id === swap.person_id))
  expect(wished).toMatchObject({ score: best.score, reasons: best.reasons })
})

test('of two reviewers who swap the same people at the same time one is told, and nothing is half done', async () => {
  const { deps, look, offer } = await openReview()
  const [lowest] = await look()
  const { swap } = await offer(lowest as ListedProposal)
  const both = await Promise.allSettled([swapPartner(deps, swap), swapPartner(deps, { ...swap, by: 'staff 2' })])
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(both.find((one) => one.status === 'rejected')?.reason).toMatchObject({ code: 'proposals_changed' })
  const people = (await look()).flatMap(({ members }) => members.map(({ person_id }) => person_id))
  expect(new Set(people).size).toBe(16)
  expect(people).toHaveLength(16)
})

test('what was changed is undone, the last first, until it is as the run found it', async () => {
  const { deps, id, look, run, offer } = await openReview()
  const found = await look()
  const { swap } = await offer(found[0] as ListedProposal)
  const first = await swapPartner(deps, swap)
  const second = await breakProposal(deps, { id, proposal_id: first.proposal_ids[0] as number, by })
  expect(await run()).toMatchObject({ now: { cardinality: 7, unmatched: 2, edits: 2 } })
  await expect(undoEdit(deps, { id, edit_id: first.edit_id })).rejects.toMatchObject({ code: 'proposals_changed' })
  expect(await undoEdit(deps, { id, edit_id: second.edit_id })).toMatchObject({ did: `Undone: ${second.did}` })
  await undoEdit(deps, { id })
  expect(await look()).toEqual(found)
  expect(await run()).toMatchObject({ now: { cardinality: 8, unmatched: 0, edits: 0 }, last_edit: null })
  await expect(undoEdit(deps, { id })).rejects.toMatchObject({ code: 'nothing_to_undo' })
  expect(await listEdits(deps, { id })).toMatchObject([
    { did: second.did, undone_at: expect.any(Date) },
    { did: first.did, undone_at: expect.any(Date) },
  ])
})

test('an edit whose proposals are no longer as it left them is not undone', async () => {
  const { deps, id, look } = await openReview()
  const [lowest] = await look()
  await breakProposal(deps, { id, proposal_id: lowest?.id as number, by })
  await deps.db.deleteFrom('unmatched_people').where('run_id', '=', id).execute()
  await expect(undoEdit(deps, { id })).rejects.toMatchObject({ code: 'proposals_changed' })
})

test('people of broken proposals are left over with that reason, and can be paired where the rules allow it', async () => {
  const { deps, id, look, run } = await openReview()
  const [one, two] = (await look()) as [ListedProposal, ListedProposal]
  for (const { id: proposal_id } of [one, two]) await breakProposal(deps, { id, proposal_id, by })
  const { unmatched } = await run()
  expect(unmatched).toHaveLength(4)
  for (const left of unmatched) expect(left).toMatchObject({ reason: 'broken', possible_partners: expect.any(Number) })
  const again = one.members.map(({ person_id }) => person_id) as [number, number]
  const paired = await pairPeople(deps, { id, person_ids: again, by })
  expect(await getProposal(deps, { id: paired.proposal_ids[0] as number })).toMatchObject({
    score: one.score,
    by_hand: true,
  })
  await expect(pairPeople(deps, { id, person_ids: again, by })).rejects.toMatchObject({ code: 'proposals_changed' })
  expect((await run()).unmatched).toHaveLength(2)
})

test('a proposal whose people were all deleted, with an import that was undone, can be taken away', async () => {
  const { deps, id, look, run } = await openReview(madeUp(8))
  const [proposal] = await look()
  const people = proposal?.members.map(({ person_id }) => person_id) as number[]
  await deps.db.deleteFrom('people').where('id', 'in', people).execute()
  const { did } = await breakProposal(deps, { id, proposal_id: proposal?.id as number, by })
  expect(did).toBe('Took away a proposal that has nobody left.')
  expect((await run()).now).toMatchObject({ cardinality: 3, unmatched: 0 })
  await undoEdit(deps, { id })
  expect((await look()).map(({ members }) => members.length).sort()).toEqual([0, 2, 2, 2])
})

test('two of one country are not paired by hand either, nor two whom a later decision parts', async () => {
  const people = [
    { given: 'Ana', country: 'BR' },
    { given: 'Davi', country: 'BR' },
    { given: 'Ben', country: 'AU' },
    { given: 'Bea', country: 'AU' },
  ]
  const { deps, id, ids, look } = await openReview(people)
  const [ana, davi, ben, bea] = ids as [number, number, number, number]
  for (const { id: proposal_id } of await look()) await breakProposal(deps, { id, proposal_id, by })
  const refused = { code: 'not_allowed_together', message: 'Ana Souza and Davi Souza may not be partners.' }
  await expect(pairPeople(deps, { id, person_ids: [ana, davi], by })).rejects.toMatchObject(refused)
  await decideAboutPair(deps, { code: '2016A', kind: 'ban', person_ids: [ana, ben], by })
  await expect(pairPeople(deps, { id, person_ids: [ben, ana], by })).rejects.toMatchObject({
    code: 'not_allowed_together',
  })
  await expect(pairPeople(deps, { id, person_ids: [ana, ana], by })).rejects.toMatchObject({
    code: 'proposals_changed',
  })
  await expect(pairPeople(deps, { id, person_ids: [ana, bea], by })).resolves.toMatchObject({
    proposal_ids: [expect.any(Number)],
  })
})

test('people who are kept together are neither swapped nor parted, and a new run keeps them', async () => {
  const { deps, id, look, match, offer } = await openReview()
  const [lowest] = (await look()) as [ListedProposal]
  const { swap } = await offer(lowest)
  await lockPair(deps, { proposal_id: lowest.id, note: 'they asked for it', by })
  expect((await listProposals(deps, { id, locked: true })).items).toMatchObject([{ id: lowest.id, locked: true }])
  const locked = { code: 'locked' }
  await expect(swapPartner(deps, swap)).rejects.toMatchObject(locked)
  await expect(breakProposal(deps, { id, proposal_id: lowest.id, by })).rejects.toMatchObject(locked)
  const person_id = lowest.members[0]?.person_id as number
  await expect(listSwapCandidates(deps, { id, person_id })).rejects.toMatchObject(locked)
  const again = await match()
  const kept = await listProposals(deps, { id: again, locked: true })
  expect(idsOf(kept.items)).toEqual(idsOf([lowest]))
})

test('before its end and after its approval a run cannot be changed', async () => {
  const { deps, id, look } = await openReview()
  const [lowest] = (await look()) as [ListedProposal]
  await deps.db.updateTable('matching_runs').set({ approved_at: new Date() }).execute()
  const attempt = () => breakProposal(deps, { id, proposal_id: lowest.id, by })
  await expect(attempt()).rejects.toMatchObject({ code: 'already_approved' })
  await expect(undoEdit(deps, { id })).rejects.toMatchObject({ code: 'already_approved' })
  await deps.db.updateTable('matching_runs').set({ approved_at: null, finished_at: null }).execute()
  await expect(attempt()).rejects.toMatchObject({ code: 'not_finished' })
  await expect(breakProposal(deps, { id: 999, proposal_id: 1, by })).rejects.toMatchObject({ code: 'not_found' })
})
