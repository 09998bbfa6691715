import { expect, test } from 'vitest'
import {
  breakProposal,
  type ListedProposal,
  listMatchingDecisions,
  listProposals,
} from '../../src/features/matching/index.ts'
import { madeUp } from '../features/matching/round.ts'
import { openConsole } from '../support/console.ts'
import { fieldsOf, openReview, textOf } from './matching-round.ts'

/** A run of so many people that has ended, its page and its proposals. */
async function openRun(people = madeUp(12)) {
  const review = await openReview(people)
  const id = await review.match()
  const path = `/console/matching/${id}`
  const proposals = async () => (await listProposals(review.deps, { id })).items
  const buttonOf = ({ id: of, members }: ListedProposal) => [of, ...members.map(({ person_id }) => person_id)].join(' ')
  return { ...review, id, path, proposals, buttonOf }
}

const namesOf = ({ members }: ListedProposal) => members.map(({ given_name }) => given_name)

test('a run that is done begins with a sentence, what is proven, and its figures beside the simple way', async () => {
  const { visit, path } = await openRun()
  const page = textOf((await visit.get(path)).body)
  expect(page).toContain('6 pairs of 12 people; nobody is left over.')
  expect(page).toContain('Proven: no other pairing serves more people')
  expect(page).toMatch(/Left over, of 12 people 0 \d+/)
  expect(page).toMatch(/Mean of all pairs [\d.]+ % [\d.]+ % [+−±][\d.]+ percentage points/)
  expect(page).toContain('6 pairs')
  expect(page).toContain('Nobody: everybody who is matched has a partner.')
})

test('each proposal stands with its score, both people, their countries, three reasons and what one can do', async () => {
  const { visit, path, proposals } = await openRun(
    madeUp(6).map((one, at) => (at === 0 ? { ...one, given: 'عائشة', request: 'Somebody who <b>sings</b>' } : one)),
  )
  const html = (await visit.get(path)).body
  const [lowest] = await proposals()
  expect(html).toMatch(new RegExp(`<li class="card proposal" id="proposal-${lowest?.id}" tabindex="-1">`))
  expect(html).toContain('<bdi>عائشة Souza</bdi></a> <span class="muted">Australia</span>')
  expect(html).toContain('<q dir="auto">Somebody who &lt;b&gt;sings&lt;/b&gt;</q>')
  for (const action of ['Keep together', 'Swap', 'Break', 'Never together', 'Why'])
    expect(html).toContain(`>${action}<`)
  expect((html.match(/<rect width="[\d.]+" height="8"\/>/g) ?? []).length).toBe(3)
})

test('filters pick by name, country, special request and order, and say how many they have found', async () => {
  const { visit, path } = await openRun(
    madeUp(12).map((one, at) => (at === 3 ? { ...one, request: 'Sign language' } : one)),
  )
  const read = async (query: string) => textOf((await visit.get(path + query)).body)
  expect(await read('?q=person7')).toContain('1 of them is like that')
  expect(await read('?q=nobody+at+all')).toContain('No pair is like that.')
  expect(await read('?only=special')).toContain('1 of them is like that')
  expect(await read('?country=MX')).toContain('1 of them is like that')
  expect(await read('?sort=highest&only=x&country=xx&after=zz')).toContain('6 pairs')
  const first = (html: string) => /id="proposal-(\d+)"/.exec(html)?.[1]
  const [low, high] = [await visit.get(path), await visit.get(`${path}?sort=highest`)]
  expect(first(low.body)).not.toBe(first(high.body))
})

test('keep together and let go: back at the proposal, in the list as it was looked at', async () => {
  const { visit, path, proposals, buttonOf, deps } = await openRun()
  const [lowest] = (await proposals()) as [ListedProposal]
  const kept = await visit.post(`${path}/keep`, {
    proposal: buttonOf(lowest),
    note: 'They asked for it',
    back: '?sort=highest',
  })
  expect(kept.headers.location).toBe(`${path}?sort=highest&changed=${lowest.id}&notice=kept#proposal-${lowest.id}`)
  const page = (await visit.get(path)).body
  expect(page).toContain('kept together')
  expect(page).toContain('>Let go<')
  expect(textOf((await visit.get('/console/matching')).body)).toContain('They asked for it')
  expect((await visit.get(`${path}?only=kept`)).body).toContain('1 of them is like that')

  const free = await visit.post(`${path}/let-go`, { proposal: buttonOf(lowest) })
  expect(free.headers.location).toBe(`${path}?changed=${lowest.id}&notice=let-go#proposal-${lowest.id}`)
  expect(await listMatchingDecisions(deps, { code: '2016A' })).toEqual([])
})

test('what is kept together is not broken, and that is said above the list', async () => {
  const { visit, path, proposals, buttonOf } = await openRun()
  const [lowest] = (await proposals()) as [ListedProposal]
  await visit.post(`${path}/keep`, { proposal: buttonOf(lowest) })
  const refused = await visit.post(`${path}/break`, { proposal: buttonOf(lowest), back: '?sort=highest' })
  expect(refused.statusCode).toBe(409)
  expect(textOf(refused.body)).toContain('are to be kept together')
  expect(refused.body).toContain('<option value="highest" selected>')
  const swap = await visit.get(`${path}/swap?person=${lowest.members[0]?.person_id}`)
  expect(swap.statusCode).toBe(409)
  expect(textOf(swap.body)).toContain('kept together')
})

test('a swap shows the best others with their cost and what becomes of everybody; done, it stands first and can be undone', async () => {
  const { visit, path, proposals, id } = await openRun(madeUp(24))
  const [lowest] = (await proposals()) as [ListedProposal]
  const [first] = lowest.members as [ListedProposal['members'][number]]
  const url = `${path}/swap?person=${first.person_id}&proposal=${lowest.id}`
  const html = (await visit.get(url)).body
  expect(html).toContain(`Another partner for <bdi>${first.given_name} Souza</bdi>`)
  expect(html.match(/name="with"/g)).toHaveLength(10)
  const page = textOf(html)
  expect(page).toMatch(/(Costs|Gains) (less than )?[\d.]+ % of the total, [\d.]+ percentage points\./)
  expect(page).toMatch(/and Person\d+ Souza would be together: [\d.]+ %/)
  expect(page).toContain('instead')

  const chosen = /name="with" value="([^"]+)"/.exec(html)?.[1] as string
  const fields = fieldsOf(html, `${path}/swap`)
  const swapped = await visit.post(`${path}/swap`, { ...fields, with: chosen })
  const [, changed] = /changed=([\d.]+)&notice=swapped#proposal-\d+$/.exec(String(swapped.headers.location)) ?? []
  expect(changed).toMatch(/^\d+\.\d+$/)
  const after = (await visit.get(String(swapped.headers.location).split('#')[0] as string)).body
  expect(after).toContain('by hand')
  expect(textOf(after)).toMatch(/One change by hand: it (costs|adds|leaves)/)
  expect(textOf(after)).toContain('Last change: Paired')

  // Pressed again on the old page, after somebody else has changed it: said, with what stands now.
  const late = await visit.post(`${path}/swap`, { ...fields, with: chosen })
  expect(late.statusCode).toBe(409)
  expect(textOf(late.body)).toContain('Somebody else has changed these proposals')

  const undo = fieldsOf(after, `${path}/undo`)
  const edit = /name="edit" value="(\d+)"/.exec(after)?.[1] as string
  const undone = await visit.post(`${path}/undo`, { ...undo, edit })
  expect(String(undone.headers.location)).toContain('notice=undone#proposal-')
  expect((await proposals()).map(namesOf)).toContainEqual(namesOf(lowest))
  expect((await visit.post(`${path}/undo`, { edit })).statusCode).toBe(409)
  expect(textOf((await visit.get(path)).body)).toContain('undone')
  expect(id).toBeGreaterThan(0)
})

test('two who are parted are left over with the reason, and two who are left over can be paired', async () => {
  const { visit, path, proposals, buttonOf } = await openRun()
  const [lowest] = (await proposals()) as [ListedProposal]
  const broken = await visit.post(`${path}/break`, { proposal: buttonOf(lowest) })
  expect(broken.headers.location).toBe(`${path}?notice=broken#left-over`)
  const page = (await visit.get(path)).body
  expect(textOf(page)).toContain('2 people without a partner.')
  expect(textOf(page)).toContain('Their proposal was changed by hand.')
  expect(page).toMatch(/href="\/console\/matching\/\d+\/swap\?person&#x3D;\d+">Find one/)
  expect(textOf((await visit.get(`${path}/left-over`)).body)).toContain('2 people left over')

  const [one, other] = lowest.members.map(({ person_id }) => String(person_id)) as [string, string]
  const alone = await visit.post(`${path}/pair`, { person: one })
  expect(alone.statusCode).toBe(422)
  expect(alone.body).toContain('<a href="#left-over">Tick exactly two people to pair them.</a>')
  const paired = await visit.post(`${path}/pair`, { person: [one, other] })
  expect(String(paired.headers.location)).toMatch(/notice=paired#proposal-\d+$/)
  expect(textOf((await visit.get(path)).body)).toContain('nobody is left over')
})

test('never together parts two people, and no run of the round pairs them again', async () => {
  const { visit, path, proposals, buttonOf, match, deps } = await openRun()
  const [lowest] = (await proposals()) as [ListedProposal]
  const banned = await visit.post(`${path}/never`, { proposal: buttonOf(lowest), note: 'They know each other' })
  expect(banned.headers.location).toBe(`${path}?notice=banned#left-over`)
  const overview = (await visit.get('/console/matching')).body
  expect(textOf(overview)).toContain('never together They know each other')
  const again = await match()
  const { items } = await listProposals(deps, { id: again })
  expect(items.map(namesOf)).not.toContainEqual(namesOf(lowest))
  const [decision] = await listMatchingDecisions(deps, { code: '2016A' })
  const lifted = await visit.post(`/console/matching/decisions/${decision?.id}/lift`)
  expect(lifted.headers.location).toBe('/console/matching?notice=lifted#decisions')
  expect(await listMatchingDecisions(deps, { code: '2016A' })).toEqual([])
})

test('why two people: every criterion with the points of each side, in words', async () => {
  const { visit, path, proposals, id } = await openRun()
  const [lowest] = (await proposals()) as [ListedProposal]
  const html = (await visit.get(`${path}/proposals/${lowest.id}`)).body
  const page = textOf(html)
  for (const name of namesOf(lowest)) expect(page).toContain(`For ${name} Souza`)
  expect(page).toMatch(/Shared interests weight 25 [\d.]+ of 25 [\d.]+ of 25/)
  expect(page).toContain('no wish')
  expect(page).toMatch(/the mean of both sides/)
  // Of another run there is no such proposal.
  expect((await visit.get(`/console/matching/${id}/proposals/987654`)).statusCode).toBe(404)
})

test('what has changed since a run is said, with the way to match again', async () => {
  const { visit, path, deps, ids } = await openRun()
  await deps.db
    .updateTable('applications')
    .set({ state: 'declined' })
    .where('person_id', '=', ids[0] as number)
    .execute()
  const page = (await visit.get(path)).body
  expect(page).toContain('1 person left.')
  expect(page).toContain('action="/console/matching/runs"')
})

test('somebody else is faster: nothing is changed twice, and the list is shown as it stands', async () => {
  const { visit, path, proposals, buttonOf, deps, id } = await openRun()
  const [lowest] = (await proposals()) as [ListedProposal]
  await breakProposal(deps, { id, proposal_id: lowest.id, by: 'staff 99' })
  const late = await visit.post(`${path}/break`, { proposal: buttonOf(lowest) })
  expect(late.statusCode).toBe(409)
  expect(textOf(late.body)).toContain('Somebody else has changed these proposals')
  expect(textOf(late.body)).toContain('2 people without a partner')
})

test('the files have everybody, and their names say of what they are', async () => {
  const { visit, path, id } = await openRun()
  for (const [name, lines] of [
    ['proposals', 7],
    ['people', 13],
    ['unmatched', 1],
  ] as const) {
    const answer = await visit.get(`${path}/${name}.csv`)
    expect(answer.headers['content-disposition']).toBe(`attachment; filename="matching-2016A-${id}-${name}.csv"`)
    expect(answer.body.trim().split('\r\n'), name).toHaveLength(lines)
  }
})

test('who may only read is shown everything, and nothing to press', async () => {
  const { visit, path, deps } = await openRun()
  const officer = await openConsole(deps, 'communications_officer', { app: visit.app })
  const page = (await officer.get(path)).body
  expect(page).toContain('class="card proposal"')
  for (const action of ['Keep together', 'Swap<', 'Break', 'Next: approve']) expect(page).not.toContain(action)
  expect((await officer.post(`${path}/break`, { proposal: '1 2 3' })).statusCode).toBe(403)
})

test('an odd one joins a pair: the three are told of as a group, and can only be parted', async () => {
  const { visit, path, proposals } = await openRun(madeUp(7))
  const html = (await visit.get(path)).body
  expect(textOf(html)).toContain('2 pairs and one group of three, of 7 people; nobody is left over.')
  const trio = (await proposals()).find(({ members }) => members.length === 3) as ListedProposal
  const [, own = ''] = new RegExp(`id="proposal-${trio.id}"(.*?)</li>`, 's').exec(html) ?? []
  expect(own).toContain('>Break<')
  for (const action of ['Keep together', 'Swap', 'Never together']) expect(own).not.toContain(`>${action}<`)
  const why = textOf((await visit.get(`${path}/proposals/${trio.id}`)).body)
  expect(why.match(/the mean of both sides/g)).toHaveLength(3)
})

test('groups are told with their bound and never as proven; mentors and protégés by their parts', async () => {
  const groups = await openReview(madeUp(12))
  const id = await groups.match({ mode: 'groups', group_size: 4 })
  const page = textOf((await groups.visit.get(`/console/matching/${id}`)).body)
  expect(page).toContain('3 groups of 12 people; nobody is left over. The best groups cannot be proven')
  expect(page).toMatch(/no other grouping can be better by more than [\d.]+ %/)

  const people = madeUp(8).map((one, at) => ({
    ...one,
    answers: { ...one.answers, role: at < 3 ? 'mentor' : 'protégé' },
  }))
  const mentors = await openReview(people)
  const run = await mentors.match({ mode: 'mentors' })
  const html = (await mentors.visit.get(`/console/matching/${run}`)).body
  expect(textOf(html)).toContain('3 pairs of 8 people; 2 people are left over. Proven: no other arrangement')
  expect(html).toContain('<span class="muted">mentor, ')
})
