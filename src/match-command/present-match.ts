import type { Policy } from '../lib/weighted-matching/index.ts'
import type { MatchAnswer } from './index.ts'
import type { ScoreList } from './read-scores.ts'

const PROVEN: Record<Policy, string> = {
  floor:
    'no pairing has more pairs; of those with as many, none has a better worst pair; of those, none a higher total',
  total: 'no pairing has more pairs, and of those with as many none has a higher total',
  balanced: 'no pairing has more pairs, and of those with as many none is less uneven',
}

const count = (many: number, one: string, more: string) => `${many.toLocaleString('en')} ${many === 1 ? one : more}`

/** The answer for a person to read: what was found and what is proven in lines, then the pairs. */
export function presentMatch({ ids }: ScoreList, { pairs, total, worst }: MatchAnswer, policy: Policy): string {
  if (ids.length === 0) return 'The file names nobody, so there is nobody to match.\n'
  const matched = new Set(pairs.flatMap(({ a, b }) => [a, b]))
  const left = ids.filter((id) => !matched.has(id))
  const number = (value: number) => value.toLocaleString('en')
  const rows = [['a', 'b', 'score'], ...pairs.map(({ a, b, score }) => [a, b, number(score)])] as [
    string,
    string,
    string,
  ][]
  const widths = [0, 1, 2].map((column) => rows.reduce((most, row) => Math.max(most, (row[column] ?? '').length), 0))
  const lines = rows.map(
    ([a, b, score]) => `${a.padEnd(widths[0] ?? 0)}  ${b.padEnd(widths[1] ?? 0)}  ${score.padStart(widths[2] ?? 0)}`,
  )
  return [
    `${count(pairs.length, 'pair', 'pairs')} of ${count(ids.length, 'person', 'people')}: total ${number(total)}, worst pair ${number(worst ?? 0)}.`,
    `Proven: ${PROVEN[policy]}.`,
    ...(left.length > 0 ? [`Left over: ${left.join(', ')}.`] : ['Nobody is left over.']),
    '',
    ...lines,
    '',
  ].join('\n')
}
