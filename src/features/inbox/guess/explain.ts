import type { Evidence } from './evidence.ts'

const VETO_REASONS: Record<string, string> = {
  asks: 'asks a question',
  questions: 'asks a question',
  conditions: 'sets a condition',
  negations: 'has a negative word that may turn the meaning round',
  hedges: 'sounds unsure',
  reported: 'speaks of what was, or was said',
  but: 'has a "but"',
  people: 'speaks of other people',
  pronouns: 'speaks for or of others',
  requests: 'asks for something',
  changes: 'tells of a change that somebody may have to enter',
  times: 'names a time or a limit',
  number: 'has a number or a date',
  link: 'has a link or an address',
  reasons: 'gives a reason for not taking part',
  later: 'speaks of another round',
  concerns: 'tells of a trouble or a preference',
  qualifiers: 'limits how much or how often',
  regrets: 'sounds sorry or takes leave',
  beside_no: 'says more than the "no" that we understand',
  receipts: 'may only say that our email arrived',
  yes: 'also says yes',
  confirm: 'also agrees',
  confirm_short: 'also agrees',
  wishes: 'also wishes to take part',
  yes_sign: 'also has a sign of agreement',
  no: 'also says no',
  decline: 'also declines',
  decline_short: 'also declines',
  no_sign: 'also has a sign of refusal',
  strange: 'has a sentence that we cannot read',
  auto_reply_hints: 'sounds like an automatic answer',
}

/** "asks a question and names a time or a limit": at most three. */
export function explainVetoes(vetoes: Evidence['vetoes']['confirm']): string {
  const reasons = [...new Set(vetoes.map(({ meaning }) => VETO_REASONS[meaning] ?? 'has words that may matter'))].slice(
    0,
    3,
  )
  return reasons.length < 2 ? (reasons[0] ?? '') : `${reasons.slice(0, -1).join(', ')} and ${reasons.at(-1)}`
}
