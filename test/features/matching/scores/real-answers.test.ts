import { expect, test } from 'vitest'
import { importApplications } from '../../../../src/features/imports/index.ts'
import {
  checkHierarchy,
  DEFAULT_HIERARCHY,
  explainPair,
  flagSpecialRequest,
  openScorer,
  packProfiles,
} from '../../../../src/features/matching/scores/index.ts'
import { createRound } from '../../../../src/features/rounds/index.ts'
import { openTestDeps } from '../../../support/deps.ts'
import { haveExports, readExport } from '../../../support/exports.ts'
import { applicant } from './applicants.ts'

test.skipIf(!haveExports)('the default hierarchy knows every answer of both kinds of export', async () => {
  const deps = await openTestDeps()
  for (const code of ['2013B', '2016A']) {
    await createRound(deps, { code, name: code })
    await importApplications(deps, { code, content: readExport(code) })
    const rows = await deps.db
      .selectFrom('applications')
      .innerJoin('rounds', 'rounds.id', 'applications.round_id')
      .select(['person_id', 'country_code', 'pathway', 'sector', 'career_stage', 'special_request', 'answers'])
      .where('rounds.code', '=', code)
      .orderBy('person_id')
      .execute()
    const applicants = rows.map((row) =>
      applicant(Number(row.person_id), { ...row, answers: row.answers as Record<string, unknown> }),
    )
    const answers = new Set(applicants.flatMap((one) => Object.keys(one.answers)))
    expect(checkHierarchy(DEFAULT_HIERARCHY, answers)).toEqual([])

    const profiles = packProfiles(DEFAULT_HIERARCHY, applicants)
    expect(profiles.unknown).toEqual([])
    // Twenty interests, whichever way the file spreads them.
    expect(profiles.choices).toHaveLength(20)
    const { score } = openScorer(profiles)
    for (let i = 1; i < applicants.length; i += 7) {
      expect(score(0, i)).toBe(explainPair(profiles, DEFAULT_HIERARCHY, 0, i).score)
    }

    const requests = new Set(rows.map(({ special_request }) => special_request).filter((text) => text !== null))
    expect([...requests].filter((text) => !flagSpecialRequest(text)).toSorted()).toEqual([
      'No preference, surprise me!',
      'Sorry, I had to correct my form.',
    ])
  }
})
