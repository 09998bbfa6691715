import type { DbOrTx } from '../../../platform/db/open.ts'
import type { DecisionRow } from '../settings/decision-queries.ts'
import { listDecisionRows } from '../settings/decision-queries.ts'
import type { SettingsValues } from '../settings/settings-queries.ts'
import type { MatchingProblem } from '../solve/index.ts'
import { readApplicants } from './applicants.ts'

/** What a run of the round would be given now. Decisions about people who are not matched have nothing to decide. */
export async function readProblem(
  db: DbOrTx,
  roundId: number,
  { hierarchy, policy, mode, group_size, odd_one }: SettingsValues,
): Promise<MatchingProblem> {
  const applicants = await readApplicants(db, roundId)
  const decisions = await listDecisionRows(db, roundId)
  const isHere = new Set(applicants.map(({ person_id }) => person_id))
  const pairsOf = (kind: DecisionRow['kind']): [number, number][] =>
    decisions
      .filter((decision) => decision.kind === kind)
      .map((decision): [number, number] => [decision.first_person_id, decision.second_person_id])
      .filter(([first, second]) => isHere.has(first) && isHere.has(second))
      .sort(([a, b], [c, d]) => a - c || b - d)
  return { applicants, hierarchy, locks: pairsOf('lock'), bans: pairsOf('ban'), policy, mode, group_size, odd_one }
}
