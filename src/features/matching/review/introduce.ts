import { Conflict, NotFound } from '../../../lib/errors.ts'
import { introduce } from '../../partnerships/index.ts'
import { findRun } from '../runs/run-queries.ts'

export type IntroduceDeps = Parameters<typeof introduce>[0]

export interface Introducing {
  id: number
  /** An instant, or 'now'. */
  at?: string | undefined
  hold_seconds?: number | undefined
  /** What the button said: when there are others now, nobody is introduced. */
  expected_partnerships?: number | undefined
  /** Who does it, such as "staff 3". */
  by?: string | undefined
}

/** Introduces the partners of an approved run, once. @throws NotFound, Conflict `not_approved` and those of introduce */
export async function introduceRun(deps: IntroduceDeps, { id, ...input }: Introducing) {
  const run = await findRun(deps.db, id)
  if (!run) throw new NotFound(`Matching run ${id}`)
  if (!run.approved_at)
    throw new Conflict('not_approved', `Run ${id} is not approved yet, so there is nobody to introduce.`)
  return introduce(deps, { round_id: run.round_id, ...input })
}
