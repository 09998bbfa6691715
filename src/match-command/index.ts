import { checkCertificate, type Policy, type PolicySolution, solveByPolicy } from '../lib/weighted-matching/index.ts'
import { presentMatch } from './present-match.ts'
import { readScores, type ScoreList } from './read-scores.ts'

export const POLICIES: readonly Policy[] = ['floor', 'total', 'balanced']

/** What `--json` prints. `dual` is the value of the proof, in the policy's own terms. */
export interface MatchAnswer {
  /** In the order of the file. */
  pairs: { a: string; b: string; score: number }[]
  cardinality: number
  total: number
  worst: number | null
  proven_optimal: boolean
  dual: number
}

/**
 * `pairpost match`: the optimum for scores that somebody else made, for operators and to check against other programs.
 * Needs no database and no settings. @throws InvalidInput naming the lines of a bad file
 */
export async function runMatch({
  scores,
  policy,
  json,
}: {
  scores: string
  policy: Policy
  json: boolean
}): Promise<void> {
  const list = await readScores(scores, policy)
  const answer = matchScores(list, policy)
  process.stdout.write(json ? `${JSON.stringify(answer)}\n` : presentMatch(list, answer, policy))
}

/** @throws Error when the independent checker does not accept the proof: the solver is at fault then */
export function matchScores(list: ScoreList, policy: Policy): MatchAnswer {
  const { ids, first, second, score } = list
  const found = solveByPolicy(ids.length, { count: first.length, a: first, b: second, weight: score }, policy)
  checkOver(list, found)
  const pairs = Array.from(first.keys())
    .filter((at) => found.mate[first[at] as number] === second[at])
    .map((at) => ({
      a: ids[first[at] as number] as string,
      b: ids[second[at] as number] as string,
      score: score[at] as number,
    }))
  const { cardinality, total, worst, dual } = found
  return { pairs, cardinality, total, worst: worst ?? null, proven_optimal: true, dual }
}

function checkOver({ first, second, score }: ScoreList, found: PolicySolution): void {
  const verdict = checkCertificate(found, (visit) => {
    for (let at = 0; at < first.length; at++) visit(first[at] as number, second[at] as number, score[at] as number)
  })
  if (!verdict.ok) throw new Error(`The proof of this matching is not accepted: ${verdict.fault}`)
}
