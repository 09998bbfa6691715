import type { getProposal } from '../../features/matching/index.ts'
import { nameOf } from '../participants/words.ts'
import { percent } from './words.ts'

type Explained = Awaited<ReturnType<typeof getProposal>>

/** Each two of a proposal, criterion by criterion, with the points that each side gives. */
export function presentExplanations({ members, explanations }: Explained) {
  const nameBy = new Map(members.map((member) => [member.person_id, nameOf(member)]))
  return explanations.map(({ person_ids, explanation }) => {
    const names = person_ids.map((id) => nameBy.get(id) ?? '')
    const { criteria, side_scores, score, forbidden } = explanation
    return {
      names,
      caption: names.join(' and '),
      forbidden: forbidden?.words ?? '',
      score: forbidden ? '' : percent(score),
      criteria: criteria.map(({ label, weight, sides, sentences }) => ({
        label,
        weight,
        sentences,
        sides: sides.map((side, at) => ({
          name: names[at] ?? '',
          counts: side.counts,
          points: `${side.got.toLocaleString('en-GB', { maximumFractionDigits: 1 })} of ${side.possible}`,
          bar: side.possible === 0 ? '0' : ((side.got * 100) / side.possible).toFixed(0),
        })),
      })),
      sides: side_scores.map((side, at) => ({ name: names[at] ?? '', score: percent(side) })),
    }
  })
}
