import type { Db, DbOrTx } from '../../../platform/db/open.ts'
import { readProblem } from '../pool/problem.ts'
import type { MatchingApplicant } from '../scores/index.ts'
import { findSettings } from '../settings/settings-queries.ts'
import type { MatchingProblem } from '../solve/index.ts'
import { digestProblem, thawProblem } from './frozen-input.ts'
import { findInput, type RunRow } from './run-queries.ts'

type Frozen = Pick<
  RunRow,
  'id' | 'round_id' | 'input_digest' | 'hierarchy' | 'policy' | 'mode' | 'odd_one' | 'group_size' | 'created_at'
>

/**
 * What has changed since a run was given its input, a sentence each; empty when another run would be given the same.
 * Decisions are not in it: they stand beside the proposals, and approval looks at them.
 */
export async function listChanges(db: Db, run: Frozen): Promise<string[]> {
  const input = await findInput(db, run.id)
  if (!input) return []
  const frozen = await thawProblem(input)
  const now = await readProblem(db, run.round_id, frozen)
  const { locks, bans } = frozen
  const isSame = digestProblem({ ...now, locks, bans }) === run.input_digest
  const people = isSame ? [] : compare(frozen, now)
  return [...people, ...((await haveSettingsChanged(db, run)) ? ['The matching settings were changed.'] : [])]
}

function compare(before: MatchingProblem, now: MatchingProblem): string[] {
  const had = new Map(before.applicants.map((one) => [one.person_id, one]))
  const has = new Set(now.applicants.map(({ person_id }) => person_id))
  const joined = now.applicants.filter(({ person_id }) => !had.has(person_id)).length
  const left = before.applicants.filter(({ person_id }) => !has.has(person_id)).length
  const staying = now.applicants.flatMap((one) => {
    const then = had.get(one.person_id)
    return then ? [{ then, one }] : []
  })
  const changed = staying.filter(({ then, one }) => textOf(then) !== textOf(one)).length
  return [
    ...(joined > 0 ? [`${people(joined)} joined.`] : []),
    ...(left > 0 ? [`${people(left)} left.`] : []),
    ...(changed > 0 ? [`The answers of ${people(changed)} were changed, or who their partners were before.`] : []),
  ]
}

const people = (count: number) => (count === 1 ? '1 person' : `${count.toLocaleString('en')} people`)

/** Without what does not decide: the name. Both sides are of one making, so their keys stand in one order. */
function textOf({ given_name: _given, family_name: _family, ...rest }: MatchingApplicant): string {
  const { answers, ...columns } = rest
  const sorted = Object.entries(answers).sort(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify([columns, sorted])
}

/** Saved since then, and not to what the run was given anyway. */
async function haveSettingsChanged(db: DbOrTx, run: Frozen): Promise<boolean> {
  const saved = await findSettings(db, run.round_id)
  if (!saved || saved.updated_at <= run.created_at) return false
  const words = ({ hierarchy, policy, mode, odd_one, group_size }: Omit<Frozen, 'id' | 'created_at'>) =>
    JSON.stringify([hierarchy, policy, mode, odd_one, mode === 'groups' ? group_size : 0])
  return words({ ...run, ...saved }) !== words(run)
}
