import { expect, test } from 'vitest'
import { countAudience } from '../../../src/features/campaigns/audience/audience-queries.ts'
import { decideConsent } from '../../../src/features/consents/index.ts'
import { openTestDeps } from '../../support/deps.ts'
import { addApplicant, addRound, suppress } from './round.ts'

const rule = (round_id: number, kind: string, lane = 'campaign') => ({ round_id, kind, lane, audience: {} })

test('who withdrew from news is left out of announcements and of nothing else; who never decided gets them', async () => {
  const deps = await openTestDeps()
  const { db } = deps
  const round_id = await addRound(db)
  await addApplicant(db, round_id)
  const decided = { purpose: 'news', wording: 'By phone.', by: 'staff 1' } as const
  await decideConsent(deps, { person_id: await addApplicant(db, round_id), given: false, ...decided })
  await decideConsent(deps, { person_id: await addApplicant(db, round_id), given: true, ...decided })
  await addApplicant(db, round_id, { address: 'stopped@library.example' })
  await suppress(db, 'stopped@library.example', 'campaigns')
  expect(await countAudience(db, rule(round_id, 'announcement'))).toEqual({
    ...{ recipients: 2, skipped: { unsubscribed: 2 } },
  })
  expect(await countAudience(db, rule(round_id, 'topic'))).toEqual({ recipients: 3, skipped: { unsubscribed: 1 } })
  expect(await countAudience(db, rule(round_id, 'check_in', 'automatic'))).toEqual({ recipients: 4, skipped: {} })
})
