import { expect, test } from 'vitest'
import { isMissing } from '../support/programs.ts'
import { playScenario } from './scenarios.ts'

/** The short form of `npm run proof`: the same stage and the same verdict, fewer people and fewer kills. */
const SHORT = { recipients: 150, limits: '20/1s,120/10s,900/60s', killEveryMs: 1200, kills: 5 }

async function holds(redis: boolean): Promise<void> {
  const verdict = await playScenario({ ...SHORT, redis })
  expect(verdict.faults).toEqual([])
  expect(verdict.blows).toBeGreaterThan(0)
  expect((verdict.states.accepted ?? 0) + (verdict.states.uncertain ?? 0)).toBe(SHORT.recipients)
}

test(
  'three workers killed at random moments lose nobody, mail nobody twice and break no limit',
  () => holds(false),
  180_000,
)

test.skipIf(isMissing('redis-server'))('… and with the queue in Redis', () => holds(true), 180_000)
