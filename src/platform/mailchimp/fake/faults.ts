import type { Random } from './random.ts'
import type { Fault, Faults, Match } from './shapes.ts'

export interface FaultedCall {
  method: string
  template: string
  path: string
  body: unknown
}

const BY_CHANCE: readonly Fault[] = [
  ...(['busy', 'forbidden', 'html', 'cut-before', 'cut-after'] as const),
  ...(['reset-before', 'reset-after', 'member-errors', 'slow'] as const),
]

/** What goes wrong, and when. `pick` is asked once for every request. */
export function openFaults(random: Random): { faults: Faults; pick(call: FaultedCall): Fault | undefined } {
  const next: { match: Match; fault: Fault; times: number }[] = []
  const always = new Set<{ match: Match; fault: Fault }>()
  let rate = 0
  let kinds = BY_CHANCE

  const choose = (call: FaultedCall): Fault | undefined => {
    const at = next.findIndex(({ match }) => isMatch(match, call))
    const asked = next[at]
    if (asked) {
      asked.times--
      if (asked.times <= 0) next.splice(at, 1)
      return asked.fault
    }
    for (const { match, fault } of always) if (isMatch(match, call)) return fault
    return rate > 0 && random.next() < rate ? kinds[random.below(kinds.length)] : undefined
  }
  const faults: Faults = {
    next: (match, fault, times = 1) => void next.push({ match, fault, times }),
    always: (match, fault) => {
      const one = { match, fault }
      always.add(one)
      return () => void always.delete(one)
    },
    random: (wanted, of = BY_CHANCE) => {
      rate = wanted
      kinds = of
    },
    stop: () => {
      next.length = 0
      always.clear()
      rate = 0
    },
    happened: {},
  }
  return {
    faults,
    pick: (call) => {
      const fault = choose(call)
      if (fault) faults.happened[fault] = (faults.happened[fault] ?? 0) + 1
      return fault
    },
  }
}

function isMatch(match: Match, call: FaultedCall): boolean {
  if (typeof match === 'function') return match(call)
  if (match === '*') return true
  const [first = '', second] = match.split(' ')
  if (second !== undefined) return first === call.method && second === call.template
  return first.startsWith('/') ? first === call.template : first === call.method
}
