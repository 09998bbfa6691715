import type { Count } from '../report.ts'
import { isolate, sayMany, sayPart } from '../say.ts'

/** The findings for an association, from what is shown only. */
export function sayAssociation(told: { pathway: string; code: string; total: Record<string, Count> }): string[] {
  const { code, total } = told
  const pathway = isolate(told.pathway)
  const { applicants, participants, matched, completed } = total
  if (applicants === 'hidden')
    return [
      `Fewer than five people came to ${code} through ${pathway}: any figure would tell of somebody, so none is shown.`,
    ]
  if (typeof applicants !== 'number' || applicants === 0) return [`Nobody came to ${code} through ${pathway}.`]
  const sentences = [
    typeof participants === 'number'
      ? `${sayPart(participants, applicants, 'applicant')} who came to ${code} through ${pathway} took part.`
      : `${sayMany(applicants, 'person', 'people')} applied to ${code} through ${pathway}; fewer than five took part.`,
  ]
  if (typeof participants !== 'number' || participants === 0) return sentences
  if (typeof matched === 'number' && matched > 0)
    sentences.push(`${sayPart(matched, participants, 'participant')} had a partner.`)
  if (typeof matched === 'number' && matched > 0 && typeof completed === 'number')
    sentences.push(`${sayPart(completed, matched, 'of them', 'of them')} completed the round with a partner.`)
  return sentences
}
