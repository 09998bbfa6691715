import { describe, expect, test } from 'vitest'
import { addApplicant, addRound } from '../features/campaigns/round.ts'
import { type ConsoleVisit, openConsole } from '../support/console.ts'
import { openTestDeps } from '../support/deps.ts'
import { fillReports } from './reports-programme.ts'

/** What a page says, without its tags. */
const textOf = (html: string) =>
  html
    .replace(/^[\s\S]*<main[^>]*>/, '')
    .replace(/<[^>]+>/g, ' ')
    .replaceAll('&amp;', '&')
    .replaceAll('&#x3D;', '=')
    .replaceAll('&#x27;', '’')
    // Spaces that do not break among them.
    .replace(/\s+/g, ' ')

const hrefsOf = (html: string) =>
  [...html.matchAll(/href="([^"]+)"/g)].map(([, href = '']) =>
    href.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=').replaceAll('&#x27;', "'"),
  )

async function openRounds(role: Parameters<typeof openConsole>[1] = 'data_officer') {
  const deps = await openTestDeps()
  const topics = await fillReports(deps.db)
  deps.clock.set('2016-03-03T09:00:00Z')
  const visit = await openConsole(deps, role)
  return { deps, topics, visit, read: async (path: string) => (await visit.get(`/console/reports${path}`)).body }
}

/** A round of six people, small enough to count by hand. */
async function openSmall(role: Parameters<typeof openConsole>[1] = 'data_officer') {
  const deps = await openTestDeps()
  const round = await addRound(deps.db)
  const arabic = await addApplicant(deps.db, round, { given_name: 'عائشة', family_name: '<b>', state: 'confirmed' })
  const chinese = await addApplicant(deps.db, round, {
    given_name: '图书',
    family_name: '馆员',
    state: 'confirmed',
    pathway: '中国图书馆学会',
  })
  for (const country_code of ['BR', 'BR', 'FJ', 'KE']) await addApplicant(deps.db, round, { country_code })
  const visit = await openConsole(deps, role)
  return {
    deps,
    round,
    arabic,
    chinese,
    visit,
    read: async (path: string) => (await visit.get(`/console/reports${path}`)).body,
  }
}

test('without a round every report says what belongs there, and to whom may make one, where', async () => {
  const deps = await openTestDeps()
  const director = await openConsole(deps)
  const viewer = await openConsole(deps, 'viewer', { app: director.app })
  for (const path of ['', '/round', '/rounds', '/engagement', '/delivery', '/association']) {
    const { statusCode, body } = await director.get(`/console/reports${path}`)
    expect(statusCode).toBe(200)
    expect(body).toContain('There is no round yet')
    expect(body).toContain('href="/console/rounds/new"')
    expect((await viewer.get(`/console/reports${path}`)).body).not.toContain('/console/rounds/new')
  }
})

test('the seven published rounds are on the page, in the CSV, and drawn with their finding in words', async () => {
  const { read } = await openRounds('director')
  const page = await read('/rounds')
  const published = ['92', '391', '764', '630', '820', '862', '1,162']
  const rows = textOf(page)
  for (const count of published) expect(rows).toMatch(new RegExp(`\\b${count} of [\\d,]+ `))
  expect(page).toContain('role="img"')
  expect(page).toMatch(/<title id="[^"]+">Participants and Applicants over 7 rounds<\/title>/)
  expect(page).toMatch(/<desc id="[^"]+">Participants: 92 in 2013A, 1,162 in 2016A, the most so far\./)
  // Two sizes, each once; nothing of the page's own styles.
  expect(page.match(/<svg class="(wide|phone)"/g)).toHaveLength(2)
  expect(page).not.toMatch(/\sstyle=/)
  const lines = (await read('/rounds.csv')).split('\r\n')
  expect(lines.filter((line) => line.startsWith('rounds,')).map((line) => line.split(',').slice(8, 10))).toEqual(
    published.map((count, at) => [count.replace(',', ''), ['18', '39', '76', '73', '79', '85', '95'][at]]),
  )
})

test('a long table shows twelve rows and says how many more there are; every share has its base', async () => {
  const { read } = await openRounds('director')
  const page = await read('/round')
  expect(page).toContain('<summary>83 more countries</summary>')
  expect(textOf(page)).toMatch(/\d+ more countries: on the page and in the CSV/)
  expect(textOf(page)).toContain('1,162 of 1,258 (92 %)')
  // Of the running round nobody can have completed.
  expect(textOf(page)).toContain('not known yet')
  expect(textOf(page)).toContain('Not known yet: nobody has been asked, or it is not over.')
  for (const share of page.match(/<span class="share">.*?<\/span>(?=<\/span>)/g) ?? [])
    expect(share).toMatch(/of [\d,]+/)
  expect(page).toContain('Data of <time datetime="2016-03-03T09:00:00.000Z">3 March 2016, 09:00 UTC</time>')
  expect(page).toContain('<summary>What is counted, and how</summary>')
})

describe('people behind a figure', () => {
  test('counts lead to them for who may see them, and to nobody for others', async () => {
    const { deps, visit, read } = await openSmall()
    const own = hrefsOf(await read('/round')).filter((href) => href.includes('/reports/people'))
    expect(own).toContain('/console/reports/people?kind=round&round=2016A&section=country&row=KE&column=participants')
    // Nobody stands behind a nought.
    expect(own).not.toContain(
      '/console/reports/people?kind=round&round=2016A&section=country&row=FJ&column=participants',
    )
    for (const role of ['director', 'communications_officer', 'viewer'] as const) {
      const other = await openConsole(deps, role, { app: visit.app })
      expect((await other.get('/console/reports/round')).body).not.toContain('/reports/people')
      expect((await other.get(own[0] as string)).statusCode).toBe(403)
    }
  })

  test('every count that is a link has as many people as it says', async () => {
    const { visit, read } = await openSmall()
    for (const kind of ['round', 'rounds']) {
      const page = await read(`/${kind}`)
      const figures = [...page.matchAll(/<a href="([^"]+reports\/people[^"]+)">([\d,]+)<\/a>/g)]
      expect(figures.length).toBeGreaterThan(kind === 'round' ? 20 : 2)
      for (const [, href = '', text = ''] of figures) {
        if (/column&#x3D;countries/.test(href)) continue
        const [list] = hrefsOf(`href="${href}"`)
        expect(await countPeople(visit, list as string), list).toBe(Number(text.replace(',', '')))
      }
    }
  })

  test('the list says which figure it is, isolates names and leads to each person; looking at it is written down', async () => {
    const { deps, visit, arabic, chinese } = await openSmall()
    const list = '/console/reports/people?kind=round&round=2016A&section=country&row=KE&column=participants'
    const { body } = await visit.get(list)
    expect(body).toContain(`<a href="/console/participants/${arabic}"><bdi dir="auto">عائشة &lt;b&gt;</bdi></a>`)
    expect(body).toContain(`<a href="/console/participants/${chinese}"><bdi dir="auto">图书 馆员</bdi></a>`)
    const said = textOf(body)
    expect(said).toContain('Participants: Kenya')
    expect(said).toContain('2 of 3 applicants (67 %).')
    expect(said).toContain('Round 2016A, by country: Kenya')
    expect(said).toContain('Participants (version 1): Applicants whose application stands confirmed.')
    const log = await deps.db.selectFrom('audit_log').selectAll().where('did', 'like', 'Look at the people%').execute()
    expect(log).toMatchObject([{ actor: `staff ${visit.staff.id}`, status: 200 }])
  })

  test('fifty a page, each once', async () => {
    const { deps, round, visit } = await openSmall()
    for (let made = 0; made < 55; made++) await addApplicant(deps.db, round, { country_code: 'FJ' })
    const list = '/console/reports/people?kind=round&round=2016A&section=country&row=FJ&column=applicants'
    expect((await visit.get(list)).body.match(/<tr><th scope="row">/g)).toHaveLength(50)
    expect(await countPeople(visit, list)).toBe(56)
  })

  test('what no report has, and what is not known yet, is answered in words', async () => {
    const { visit } = await openSmall()
    const wrong = [
      ['kind=round&round=2016A&section=country&row=ZZ&column=participants', [404, 422]],
      ['kind=round&round=2016A&section=__proto__&row=KE&column=participants', [404, 422]],
      ['kind=round&round=1999X&section=country&row=KE&column=participants', [404]],
      ['kind=constructor&round=2016A&section=country&row=KE&column=participants', [422]],
      ['kind=round&round=2016A&section=country&row=KE&column=completed', [409]],
      ['kind=round&round=2016A&section=country&row=KE&column=participants&as_of=never', [422]],
    ] as const
    for (const [query, statuses] of wrong) {
      const { statusCode, body } = await visit.get(`/console/reports/people?${query}`)
      expect(statuses, query).toContain(statusCode)
      expect(body).toContain('<h1>')
    }
  })
})

describe('a past day', () => {
  test('shows what was known then, says so, and leads back to now and on to the other reports of that day', async () => {
    const { deps, visit, read, round } = await openSmall('director')
    await deps.db
      .updateTable('applications')
      .set({ state: 'confirmed', state_changed_at: '2016-02-10T12:00:00Z' })
      .where('round_id', '=', round)
      .where('country_code', '=', 'BR')
      .execute()
    deps.clock.set('2016-03-03T09:00:00Z')
    const then = await read('/round?as_of=2016-02-20')
    expect(then).toContain('as it was known at the end of 20 February 2016')
    expect(then).toContain('value="2016-02-20"')
    const hrefs = hrefsOf(then)
    expect(hrefs).toContain('/console/reports/round?round=2016A')
    expect(hrefs).toContain('/console/reports/engagement?round=2016A&as_of=2016-02-20')
    expect(hrefs).toContain('/console/reports/round.csv?round=2016A&as_of=2016-02-20')
    const csv = await visit.get('/console/reports/round.csv?as_of=2016-02-20')
    expect(csv.headers['content-disposition']).toBe('attachment; filename="report-round-2016A-2016-02-20.csv"')
    expect(await read('/round?as_of=')).not.toContain('as it was known')
  })

  test('one that is none, or has not come, is refused at its field, without figures', async () => {
    const { visit } = await openSmall('director')
    for (const day of ['2199-01-01', '2016-02-31', 'yesterday', '2016', '<script>']) {
      const path = `/console/reports/round?as_of=${encodeURIComponent(day)}`
      const { statusCode, body } = await visit.get(path)
      expect(statusCode).toBe(422)
      expect(body).toContain('aria-describedby="as_of-fault"')
      expect(body).toContain('Back to now')
      expect(body).not.toContain('<table')
      expect(body).not.toContain('<script>')
      // Other reports are not led to with it.
      expect(hrefsOf(body).filter((href) => href.includes('as_of='))).toEqual([])
      const csv = await visit.get(path.replace('/round?', '/round.csv?'))
      expect(csv.statusCode).toBe(422)
      expect(csv.headers['content-type']).toContain('text/html')
    }
  })
})

test('the CSV is that of the report: with its mark, names whole, written down as an export', async () => {
  const { deps, visit } = await openSmall('viewer')
  const answer = await visit.get('/console/reports/round.csv')
  expect([...answer.rawPayload.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf])
  expect(answer.rawPayload.toString('utf8')).toContain('中国图书馆学会')
  expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8')
  const log = await deps.db
    .selectFrom('audit_log')
    .selectAll()
    .where('did', '=', 'Export the report on a round')
    .execute()
  expect(log).toMatchObject([{ actor: `staff ${visit.staff.id}`, status: 200 }])
})

test('the overview says the first finding of each report, with figures, of the round of the switcher', async () => {
  const { visit, read } = await openRounds('viewer')
  const overview = await read('')
  const said = textOf(overview)
  expect(said).toContain('2016A has 1,162 participants of 1,258 applicants')
  expect(hrefsOf(overview)).toEqual(
    expect.arrayContaining(['round', 'engagement', 'delivery'].map((kind) => `/console/reports/${kind}?round=2016A`)),
  )
  await visit.post('/console/round', { round: '2013A', back: '/console/reports' })
  expect(textOf(await read(''))).toContain('2013A has 92 participants')
  expect(textOf(await read('/round'))).toContain('2013A has 92 participants')
  expect(textOf(await read('/round?round=2014A'))).toContain('2014A has 764 participants')
  expect((await visit.get('/console/reports/round?round=nowhere')).statusCode).toBe(404)
})

test('an association gets counts without names: chosen from those of the round, small groups told of nowhere', async () => {
  const { deps, round, visit, read } = await openSmall('data_officer')
  // Whoever came directly came by no association.
  expect(textOf(await read('/association'))).toContain('中国图书馆学会 in 2016A')
  for (let made = 0; made < 9; made++)
    await addApplicant(deps.db, round, { pathway: 'ALIA', country_code: made < 8 ? 'AU' : 'NZ', state: 'confirmed' })
  const page = await read('/association?pathway=ALIA')
  expect(page).toContain('<option selected>ALIA</option>')
  expect(page).not.toContain('/reports/people')
  expect(textOf(page)).toContain('9 of 9 applicants (100 %)')
  expect(page).not.toContain('New Zealand')
  // Two people are nobody's business.
  const small = await read(`/association?pathway=${encodeURIComponent('中国图书馆学会')}`)
  expect(textOf(small)).toContain('not shown')
  expect(textOf(small)).toContain('Not shown: fewer than 5 people')
  const csv = await visit.get('/console/reports/association.csv?pathway=ALIA')
  expect(csv.headers['content-disposition']).toMatch(/filename="report-association-2016A-ALIA-[\d-]+\.csv"/)
  const nobody = await read('/association?pathway=<b>')
  expect(nobody).toContain('<option selected>&lt;b&gt;</option>')
  expect(nobody).not.toContain('<b>')
})

test('who is signed out, and who has no role for it, see nothing', async () => {
  const { visit } = await openSmall()
  expect(
    (await visit.app.inject({ url: '/console/reports/round', headers: { accept: 'text/html' } })).headers.location,
  ).toBe('/sign-in')
})

test('topics: shares of what was accepted, openings as an estimate, links with their people', async () => {
  const { read } = await openRounds()
  const page = await read('/engagement')
  const said = textOf(page)
  expect(said).toContain('Opened (estimate)')
  expect(said).toContain('about 0')
  expect(page).toMatch(/<summary>\d+ more figures of each<\/summary>/)
  expect(page).toContain('<bdi dir="auto">الوصول الحر إلى المعرفة</bdi>')
  expect(hrefsOf(page).some((href) => /section=links&row=\d+-\w+&column=people/.test(href))).toBe(true)
})

test('a campaign’s own report has the figures of the engagement report, and a table of its links', async () => {
  const { deps, visit, topics } = await openRounds()
  const { body } = await visit.get(`/console/campaigns/${topics[0]}/report`)
  const said = textOf(body)
  expect(said).toContain('What readers did')
  const clicked = /Clicked ([\d,]+ of [\d,]+ \(\d+ %\))/.exec(said)?.[1]
  const engagement = textOf((await visit.get('/console/reports/engagement')).body)
  expect(clicked).toBeDefined()
  expect(engagement).toContain(clicked)
  expect(said).toMatch(/library\.example\/Open-access-and-who-pays-for-it\/0 [\d,]+ of [\d,]+ \(50 %\)/)
  expect(hrefsOf(body)).toContain(
    `/console/reports/people?kind=engagement&round=2016A&section=topics&row=${topics[0]}&column=clicked`,
  )
  const director = await openConsole(deps, 'director', { app: visit.app })
  const theirs = (await director.get(`/console/campaigns/${topics[0]}/report`)).body
  expect(textOf(theirs)).toContain(clicked)
  expect(theirs).not.toContain('/reports/people')
})

async function countPeople(visit: ConsoleVisit, list: string): Promise<number> {
  const seen = new Set<string>()
  for (let next: string | undefined = list; next !== undefined; ) {
    const { statusCode, body } = await visit.get(next)
    expect(statusCode, next).toBe(200)
    for (const [, id = ''] of body.matchAll(/\/console\/participants\/(\d+)"/g)) {
      expect(seen).not.toContain(id)
      seen.add(id)
    }
    next = hrefsOf(body).find((href) => href.includes('after=') && href !== next && !href.includes('after=0'))
    if (next !== undefined && !body.includes('rel="next"')) next = undefined
  }
  return seen.size
}
