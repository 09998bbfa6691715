import { expect, test } from 'vitest'
import { getMatchingSettings, saveMatchingSettings } from '../../src/features/matching/index.ts'
import { madeUp } from '../features/matching/round.ts'
import { openConsole } from '../support/console.ts'
import { fieldsOf, openReview, textOf } from './matching-round.ts'

const PATH = '/console/matching/criteria'
const CODE = { code: '2016A' }

/** The form as it stands, with some of its fields typed over. Weights by the key of their criterion. */
async function openCriteria(people = madeUp(8)) {
  const { visit, deps } = await openReview(people)
  const read = async (weights: Record<string, string> = {}, change: Record<string, string> = {}) => {
    const fields = fieldsOf((await visit.get(PATH)).body, PATH)
    const keys = fields.key as string[]
    const weight = (fields.weight as string[]).map((value, at) => weights[keys[at] as string] ?? value)
    return { ...fields, weight, ...change }
  }
  return { visit, deps, read, settings: () => getMatchingSettings(deps, CODE) }
}

test('weights, rules, policy and the odd one are saved, with who did it', async () => {
  const { visit, read, settings } = await openCriteria()
  const fields = await read({ sector: '40', language: '0' }, { other: 'region', policy: 'total', odd_one: 'stand_in' })
  const saved = await visit.post(PATH, fields)
  expect([saved.statusCode, saved.headers.location]).toEqual([303, '/console/matching?notice=criteria'])
  const { hierarchy, policy, odd_one, version, updated_by } = await settings()
  expect(hierarchy.rules.other).toBe('region')
  expect(hierarchy.criteria.find(({ key }) => key === 'sector')?.weight).toBe(40)
  expect([policy, odd_one, version, updated_by]).toEqual(['total', 'stand_in', 1, `staff ${visit.staff.id}`])
  const page = textOf((await visit.get('/console/matching')).body)
  expect(page).toContain('Partners live in different regions of the world.')
  expect(page).toContain('Switched off: Language.')
})

test('what a criterion is made of stays when its weight is changed', async () => {
  const { visit, read, settings } = await openCriteria()
  const before = (await settings()).hierarchy.criteria
  await visit.post(PATH, await read({ sector: '21' }))
  const after = (await settings()).hierarchy.criteria
  expect(after).toEqual(before.map((one) => (one.key === 'sector' ? { ...one, weight: 21 } : one)))
})

test('the effect is shown beside what is typed, and nothing is saved', async () => {
  const { visit, read, settings } = await openCriteria()
  const answer = await visit.post(`${PATH}/effect`, await read({ sector: '99' }, { other: 'none' }))
  expect(answer.statusCode).toBe(200)
  expect(answer.body).toContain('value="99"')
  const page = textOf(answer.body)
  // All eight come from eight countries: no pair was forbidden.
  expect(page).toContain('Pairs allowed 28 of 28 (100.0 %), as now')
  expect(page).toMatch(/Mean of the allowed pairs [\d.]+ % → [\d.]+ %/)
  expect(page).toContain('Fewest possible partners')
  expect(answer.body).toMatch(/<a href="\/console\/participants\/\d+"><bdi>Person\d/)
  expect((await settings()).version).toBe(0)
})

test('a criterion is moved up and down, and an answer of the form becomes one more', async () => {
  const people = madeUp(4).map((one) => ({ ...one, answers: { ...one.answers, hobbies: ['chess'] } }))
  const { visit, read, settings } = await openCriteria(people)
  const keysOf = (html: string) => fieldsOf(html, PATH).key as string[]
  const before = keysOf((await visit.get(PATH)).body)
  const moved = await visit.post(`${PATH}/effect`, await read({}, { move: `up ${before[1]}` }))
  expect(keysOf(moved.body).slice(0, 2)).toEqual([before[1], before[0]])
  const added = await visit.post(`${PATH}/effect`, await read({}, { answer: 'hobbies', add: '1' }))
  const fields = fieldsOf(added.body, PATH)
  expect((fields.key as string[]).at(-1)).toBe('answer:hobbies')
  await visit.post(PATH, fields)
  expect((await settings()).hierarchy.criteria.at(-1)).toMatchObject({ kind: 'shared', answer: 'hobbies', weight: 10 })
})

test('a weight that is none is said at its field, with everything typed still there', async () => {
  const { visit, read, settings } = await openCriteria()
  for (const wrong of ['', 'many', '101', '-1', '2.5']) {
    const answer = await visit.post(PATH, await read({ sector: wrong, language: '7' }))
    expect(answer.statusCode, wrong).toBe(422)
    expect(answer.body, wrong).toContain('A weight is a whole number from 0 to 100.')
    expect(answer.body, wrong).toMatch(/<a href="#criteria\.2\.weight">/)
    expect(answer.body, wrong).toMatch(/id="criteria\.2\.weight"[^>]*aria-invalid="true"/)
    expect((fieldsOf(answer.body, PATH).weight as string[]).at(-1), wrong).toBe('7')
  }
  expect((await settings()).version).toBe(0)
})

test('weights that are all zero, choices that are none and a group of one are refused in words', async () => {
  const { visit, read } = await openCriteria()
  const fields = await read()
  const zeros = await visit.post(PATH, { ...fields, weight: (fields.weight as string[]).map(() => '0') })
  expect(zeros.statusCode).toBe(422)
  expect(zeros.body).toContain('at least one criterion must count')
  expect(zeros.body).toContain('href="#criteria"')
  const odd = await visit.post(PATH, { ...fields, mode: 'threes', group_size: '1' })
  expect(odd.statusCode).toBe(422)
  expect(odd.body).toContain('A group has 3 to 8 people.')
  expect(odd.body).toContain('href="#mode"')
})

test('two who edit at once: what both changed is shown twice, what one changed is kept, and nothing typed is lost', async () => {
  const { visit, deps, read, settings } = await openCriteria()
  const mine = await read({ sector: '40', interests: '30' })
  const { hierarchy } = await settings()
  const weights: Record<string, number> = { sector: 11, language: 9 }
  const theirs = hierarchy.criteria.map((one) => ({ ...one, weight: weights[one.key] ?? one.weight }))
  const colleague = await openConsole(deps, 'director', { app: visit.app })
  const change = { hierarchy: { ...hierarchy, criteria: theirs } }
  await saveMatchingSettings(deps, { ...CODE, change, version: 0, by: `staff ${colleague.staff.id}` })

  const answer = await visit.post(PATH, mine)
  expect(answer.statusCode).toBe(409)
  expect(textOf(answer.body)).toContain('What you both changed')
  expect(textOf(answer.body)).toMatch(/Library sector 11 40/)
  const fields = fieldsOf(answer.body, PATH)
  const shown = Object.fromEntries((fields.key as string[]).map((key, at) => [key, (fields.weight as string[])[at]]))
  expect(shown).toMatchObject({ sector: '40', interests: '30', language: '9' })
  await visit.post(PATH, fields)
  const saved = Object.fromEntries((await settings()).hierarchy.criteria.map(({ key, weight }) => [key, weight]))
  expect(saved).toMatchObject({ sector: 40, interests: 30, language: 9 })
})
