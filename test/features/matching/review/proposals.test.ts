import { expect, test } from 'vitest'
import {
  getProposal,
  type ListedProposal,
  listCountriesOfRun,
  listProposals,
  lockPair,
} from '../../../../src/features/matching/index.ts'
import { madeUp, openMatching } from '../round.ts'

async function openReview() {
  const people = madeUp(20)
  people[3] = { ...people[3], given: 'Élodie', family: 'Kaya', request: 'Someone who speaks Turkish, please' }
  people[4] = { ...people[4], given: 'Noor', family: 'مريم', request: 'No special requests' }
  const opened = await openMatching(people)
  const id = await opened.match()
  const list = async (wanted: Partial<Parameters<typeof listProposals>[1]> = {}) =>
    listProposals(opened.deps, { id, ...wanted })
  return { ...opened, id, list }
}

const scoresOf = (items: readonly ListedProposal[]) => items.map(({ score }) => score)

test('proposals come page by page, the lowest score first or the highest, with their people and reasons', async () => {
  const { list } = await openReview()
  const all = await list()
  expect(all).toMatchObject({ count: 10, next: null })
  expect(scoresOf(all.items)).toEqual(scoresOf(all.items).sort((a, b) => a - b))
  for (const { members, reasons } of all.items) {
    expect(members).toHaveLength(2)
    expect(reasons.length).toBeGreaterThan(0)
  }
  for (const order of ['lowest', 'highest'] as const) {
    const found: number[] = []
    for (let after: string | null | undefined; after !== null; ) {
      const page: Awaited<ReturnType<typeof list>> = await list({ order, after: after ?? undefined, limit: 3 })
      found.push(...page.items.map((item) => item.id))
      expect(page.count).toBe(10)
      after = page.next
    }
    const whole = (await list({ order })).items.map((item) => item.id)
    expect(found).toEqual(whole)
  }
  await expect(list({ after: 'x' })).rejects.toMatchObject({ faults: [{ field: 'after' }] })
})

test('they are found by name in whatever writing, by country, by special request and by what staff did', async () => {
  const { deps, ids, list } = await openReview()
  const having = async (wanted: Parameters<typeof list>[0]) => {
    const { items, count } = await list(wanted)
    expect(count).toBe(items.length)
    return items
  }
  for (const text of ['élodie', 'ÉLODIE kaya', 'Kaya', 'lod']) {
    const items = await having({ text })
    expect(items).toHaveLength(1)
    expect(items[0]?.members.map(({ person_id }) => person_id)).toContain(ids[3])
  }
  expect(await having({ text: 'مريم' })).toHaveLength(1)
  expect(await having({ text: 'Élodie Souza' })).toHaveLength(0)
  expect(await having({ text: 'nobody_%' })).toHaveLength(0)
  const asked = await having({ special_request: true })
  expect(asked).toHaveLength(1)
  expect(asked[0]?.members.map(({ special_request }) => special_request)).toContain(
    'Someone who speaks Turkish, please',
  )
  for (const { members } of await having({ country: 'Finland' }))
    expect(members.map(({ country_code }) => country_code)).toContain('FI')
  await expect(list({ country: 'Atlantis' })).rejects.toMatchObject({ faults: [{ field: 'country' }] })
  expect(await having({ by_hand: true })).toEqual([])
  const [first] = (await list()).items
  await lockPair(deps, { proposal_id: first?.id as number, by: 'staff 1' })
  expect(await having({ locked: true })).toMatchObject([{ id: first?.id, locked: true }])
  expect(await having({ locked: false })).toHaveLength(9)
})

test('a proposal is explained by what the run was given, whatever has been answered since', async () => {
  const { deps, id, list } = await openReview()
  const [lowest] = (await list()).items
  const explained = await getProposal(deps, { id: lowest?.id as number })
  expect(explained).toMatchObject({ id: lowest?.id, run_id: id, reasons: lowest?.reasons })
  expect(explained.explanations).toHaveLength(1)
  expect(explained.explanations[0]?.explanation).toMatchObject({ score: lowest?.score, forbidden: null })
  await deps.db.updateTable('applications').set({ sector: 'School', career_stage: null, answers: '{}' }).execute()
  expect(await getProposal(deps, { id: lowest?.id as number })).toEqual(explained)
  await expect(getProposal(deps, { id: 999 })).rejects.toMatchObject({ code: 'not_found' })
  await expect(listProposals(deps, { id: 999 })).rejects.toMatchObject({ code: 'not_found' })
  expect(await listCountriesOfRun(deps, { id })).toHaveLength(20)
})
