import { expect, test } from 'vitest'
import {
  approveRun,
  breakProposal,
  decideAboutPair,
  getMatchingRun,
  introduceRun,
  liftMatchingDecision,
  listProposals,
} from '../../../../src/features/matching/index.ts'
import { erasePerson } from '../../../../src/features/privacy/index.ts'
import { type Applicant, addApplicants, madeUp, openMatching } from '../round.ts'

const by = 'staff 1'

async function openReview(people: Applicant[] = madeUp(8)) {
  const opened = await openMatching(people)
  const id = await opened.match()
  const partnerships = () =>
    opened.deps.db
      .selectFrom('partnerships')
      .select(['id', 'run_id', 'score', 'reasons', 'introduced_at'])
      .orderBy('id')
      .execute()
  const approve = (given: Partial<Parameters<typeof approveRun>[1]> = {}) =>
    approveRun(opened.deps, { id, by, ...given })
  return { ...opened, id, db: opened.deps.db, partnerships, approve }
}

test('an approved run becomes partnerships and the draft of an introduction, and nobody is mailed', async () => {
  const { deps, id, db, partnerships, approve } = await openReview()
  expect(await approve()).toEqual({ partnerships: 4, campaign_id: expect.any(Number), already: false })
  expect(await getMatchingRun(deps, { id })).toMatchObject({ approved_by: by, approved_at: expect.any(Date) })
  const made = await partnerships()
  expect(made).toHaveLength(4)
  const proposals = (await listProposals(deps, { id })).items
  expect(made.map(({ score }) => score).sort()).toEqual(proposals.map(({ score }) => score).sort())
  for (const partnership of made)
    expect(partnership).toMatchObject({ run_id: id, introduced_at: null, reasons: expect.any(String) })
  expect(await db.selectFrom('campaigns').select(['kind', 'state']).execute()).toEqual([
    { kind: 'introduction', state: 'draft' },
  ])
  expect(await db.selectFrom('deliveries').select('id').execute()).toEqual([])
})

test('approved twice, one after the other or at the same time, it is approved once', async () => {
  const { partnerships, approve } = await openReview()
  const [one, other] = await Promise.all([approve(), approve()])
  const third = await approve()
  expect([one.already, other.already].sort()).toEqual([false, true])
  for (const answer of [one, other, third]) expect({ ...answer, already: true }).toEqual(third)
  expect(await partnerships()).toHaveLength(4)
})

test('of a round one run is approved', async () => {
  const { match, approve, id, partnerships } = await openReview()
  const second = await match()
  await approve()
  await expect(approve({ id: second })).rejects.toMatchObject({
    code: 'other_run_approved',
    message: `Run ${id} of round 2016A is approved already, and partnerships come from one run.`,
  })
  expect(await partnerships()).toHaveLength(4)
})

test('a run whose data have changed is approved only by who says that they know', async () => {
  const { deps, approve } = await openReview()
  await addApplicants(deps, madeUp(1))
  await expect(approve()).rejects.toMatchObject({
    code: 'data_changed',
    message: '1 person joined. Run the matching again, or approve this run as it is knowing that.',
  })
  await expect(approve({ accept_changed: true })).resolves.toMatchObject({ partnerships: 4 })
})

test('a member who is no longer confirmed, or was removed, is named, and nothing is approved', async () => {
  const { deps, id, db, ids, approve, partnerships } = await openReview(madeUp(8))
  const [lost] = ids as [number]
  await db.updateTable('applications').set({ state: 'withdrawn' }).where('person_id', '=', lost).execute()
  await expect(approve({ accept_changed: true })).rejects.toMatchObject({
    code: 'no_longer_confirmed',
    message: expect.stringMatching(/^Person0 Souza is no longer confirmed\./),
  })
  expect(await partnerships()).toEqual([])
  const theirs = (await listProposals(deps, { id })).items.find(({ members }) =>
    members.some(({ person_id }) => person_id === lost),
  )
  await breakProposal(deps, { id, proposal_id: theirs?.id as number, by })
  await expect(approve({ accept_changed: true })).resolves.toMatchObject({ partnerships: 3 })
})

test('nobody is made a partner of somebody who was erased since', async () => {
  const { deps, ids, approve, partnerships } = await openReview()
  await erasePerson({ ...deps, ring: async () => undefined }, { id: ids[0] as number, reason: 'asked', erased_by: by })
  await expect(approve({ accept_changed: true })).rejects.toMatchObject({ code: 'no_longer_confirmed' })
  expect(await partnerships()).toEqual([])
})

test('a proposal whose one person was deleted is not approved', async () => {
  const { db, ids, approve, partnerships } = await openReview()
  await db
    .deleteFrom('people')
    .where('id', '=', ids[0] as number)
    .execute()
  await expect(approve({ accept_changed: true })).rejects.toMatchObject({ code: 'no_longer_confirmed' })
  expect(await partnerships()).toEqual([])
})

test('a decision that the proposals do not follow stops the approval, with the people’s names', async () => {
  const { deps, id, approve } = await openReview()
  const [one, two] = (await listProposals(deps, { id })).items
  const first = one?.members.map(({ person_id }) => person_id) as [number, number]
  const ban = await decideAboutPair(deps, { code: '2016A', kind: 'ban', person_ids: first, by })
  await expect(approve()).rejects.toMatchObject({
    code: 'contradiction',
    message: expect.stringMatching(/never to be paired, but are/),
  })
  await liftMatchingDecision(deps, { id: ban.id, by })
  const others = two?.members.filter(({ country_code }) => country_code !== one?.members[0]?.country_code)
  const pair: [number, number] = [first[0], others?.[0]?.person_id as number]
  const lock = await decideAboutPair(deps, { code: '2016A', kind: 'lock', person_ids: pair, by })
  await expect(approve()).rejects.toMatchObject({
    code: 'contradiction',
    message: expect.stringMatching(/kept together, but are not paired/),
  })
  await liftMatchingDecision(deps, { id: lock.id, by })
  await expect(approve()).resolves.toMatchObject({ partnerships: 4 })
})

test('what is not finished, has no proposals or does not exist is not approved', async () => {
  const { db, approve } = await openReview(madeUp(2, { country: 'BR' }))
  await expect(approve()).rejects.toMatchObject({ code: 'no_proposals' })
  await db.updateTable('matching_runs').set({ finished_at: null }).execute()
  await expect(approve()).rejects.toMatchObject({ code: 'not_finished' })
  await expect(approve({ id: 999 })).rejects.toMatchObject({ code: 'not_found' })
})

test('only an approved run is introduced, and two clicks introduce once', async () => {
  const { deps, id, db, approve } = await openReview()
  await expect(introduceRun(deps, { id, by })).rejects.toMatchObject({ code: 'not_approved' })
  await expect(introduceRun(deps, { id: 999, by })).rejects.toMatchObject({ code: 'not_found' })
  await approve()
  await db
    .updateTable('programme')
    .set({ name: 'ILN', contact_address: 'team@programme.example', from_name: 'The team' })
    .execute()
  const both = await Promise.all([introduceRun(deps, { id, by }), introduceRun(deps, { id, by })])
  expect(both.map(({ already }) => already).sort()).toEqual([false, true])
  for (const { partnerships, recipients } of both) expect([partnerships, recipients]).toEqual([4, 8])
  expect(await db.selectFrom('campaigns').select('id').execute()).toHaveLength(1)
  expect(await approve()).toMatchObject({ partnerships: 4, already: true, campaign_id: both[0]?.campaign_id })
})
