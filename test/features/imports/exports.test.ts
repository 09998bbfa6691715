import { expect, test } from 'vitest'
import { importApplications } from '../../../src/features/imports/index.ts'
import { createRound, getRound } from '../../../src/features/rounds/index.ts'
import { openTestDeps } from '../../support/deps.ts'
import { haveExports, readExport, readFates, readSummaries } from '../../support/exports.ts'

test.skipIf(!haveExports)('all seven exports give the published counts, and every country its code', async () => {
  const deps = await openTestDeps()
  for (const summary of readSummaries()) {
    const code = summary.round
    await createRound(deps, { code, name: code })
    const result = await importApplications(deps, { code, content: readExport(code) })
    expect(result).toMatchObject({
      rows: summary.rows,
      applicants: summary.applicants,
      created: summary.applicants,
      updated: 0,
      resubmitted: summary.resubmitted,
      refused_conduct: summary.refusedConduct,
      faulty: [],
      cleaned: [],
      notes: [],
      by_country_over_cap: [],
    })
    const round = await getRound(deps, { code })
    expect(round.counts).toMatchObject({
      applicants: summary.applicants,
      applied: summary.applicants,
      refused_conduct: summary.refusedConduct,
    })

    const fates = readFates(code)
    const rows = await deps.db
      .selectFrom('applications')
      .innerJoin('rounds', 'rounds.id', 'applications.round_id')
      .innerJoin('addresses', 'addresses.person_id', 'applications.person_id')
      .select(['addresses.address', 'applications.country_code', 'applications.code_of_conduct_agreed'])
      .where('rounds.code', '=', code)
      .execute()
    const found = new Map(rows.map((row) => [row.address, row]))
    expect(found.size).toBe(fates.length)
    for (const [address, country_code, fate] of fates) {
      expect(found.get(address)).toEqual({ address, country_code, code_of_conduct_agreed: fate !== 'no-conduct' })
    }
    const confirming = fates.filter(([, , fate]) => fate === 'confirm')
    expect(confirming).toHaveLength(summary.participants)
    expect(new Set(confirming.map(([, country]) => country)).size).toBe(summary.countries)
  }
})

test.skipIf(!haveExports)('the same file again creates nothing, and one person is the same over rounds', async () => {
  const deps = await openTestDeps()
  await createRound(deps, { code: '2015B', name: 'One' })
  await createRound(deps, { code: '2016A', name: 'Two' })
  await importApplications(deps, { code: '2015B', content: readExport('2015B') })
  const first = await importApplications(deps, { code: '2016A', content: readExport('2016A') })
  const again = await importApplications(deps, { code: '2016A', content: readExport('2016A') })
  expect(again).toMatchObject({ created: 0, updated: 0, unchanged: first.applicants, resubmitted: first.resubmitted })

  const addresses = new Set([...readFates('2015B'), ...readFates('2016A')].map(([address]) => address))
  const { people } = await deps.db
    .selectFrom('people')
    .select((is) => is.fn.countAll<number>().as('people'))
    .executeTakeFirstOrThrow()
  expect(people).toBe(addresses.size)
})

test.skipIf(!haveExports)('answers of both kinds of export come out in one shape', async () => {
  const deps = await openTestDeps()
  for (const code of ['2013A', '2014A']) {
    await createRound(deps, { code, name: code })
    await importApplications(deps, { code, content: readExport(code) })
  }
  const answersOf = (address: string) =>
    deps.db
      .selectFrom('applications')
      .innerJoin('addresses', 'addresses.person_id', 'applications.person_id')
      .select(['pathway', 'sector', 'career_stage', 'answers', 'submitted_at', 'special_request', 'commitment_agreed'])
      .where('address', '=', address)
      .executeTakeFirstOrThrow()
  expect(await answersOf('anna.carter@uni-au.example')).toEqual({
    pathway: 'ALIA',
    sector: 'Academic / university',
    career_stage: 'Early career (0-5 years)',
    submitted_at: new Date('2013-01-14T00:20:34Z'),
    special_request: null,
    commitment_agreed: true,
    answers: {
      interests: ['Makerspaces', 'Health information', 'Information literacy', 'Open access'],
      partner_sector: 'No preference',
      partner_career_stage: 'No preference',
      partner_interests: [],
      heard_through: 'Twitter',
      previous_round: false,
    },
  })
  expect(await answersOf('retha.johns@uni-us.example')).toEqual({
    pathway: 'direct',
    sector: 'Special (law, health, corporate)',
    career_stage: 'Mid career (6-15 years)',
    submitted_at: new Date('2014-01-20T01:07:59Z'),
    special_request: null,
    commitment_agreed: true,
    answers: {
      interests: ['Advocacy', 'Research support', 'User experience', 'Makerspaces'],
      partner_sector: 'Same sector as mine',
      partner_career_stage: 'No preference',
      partner_interests: ['Advocacy', 'Research support', 'User experience'],
      heard_through: 'A colleague',
      previous_round: false,
    },
  })
})
