import type { Retention } from '../../features/privacy/index.ts'
import type { FieldFault } from '../../lib/errors.ts'
import { formatCount } from '../present/numbers.ts'
import { presentTime } from '../present/time.ts'
import { faultOf, presentField } from '../settings/form.ts'

interface Typed {
  months: string
  round?: string
}

interface Shown {
  /** What was typed, when it was not taken. */
  typed: Typed | undefined
  faults: FieldFault[]
  /** Of who looks. */
  zone: string
}

/** The setting, each round by it, and what was done. */
export function presentRetention({ months, rounds, asked }: Retention, { typed, faults, zone }: Shown) {
  const ofRound = typed?.round !== undefined
  const own = ofRound ? [] : faults
  const open = rounds.filter(({ state }) => state !== 'done')
  // A summary of faults leads to the field that it is about.
  const placed = faults.map((fault) =>
    ofRound && fault.field === 'months' ? { ...fault, field: `months-${typed.round}` } : fault,
  )
  return {
    faults: placed,
    months: presentField(
      {
        name: 'months',
        label: 'Months after the end of a round',
        value: typed && !ofRound ? typed.months : String(months ?? ''),
        hint: 'A whole number from 1 to 600. Empty: rounds are kept until somebody says otherwise.',
        short: true,
      },
      own,
    ),
    confirm: ofRound ? '' : faultOf(faults, 'confirm'),
    soon: open.filter(({ state }) => state === 'soon' || state === 'due').map((round) => sayDue(round)),
    rounds: open.map((round) => {
      const isTyped = typed?.round === round.code
      return {
        code: round.code,
        ends_on: round.ends_on ?? '',
        due: round.due_on ?? '',
        people: formatCount(round.people),
        last_here: formatCount(round.last_here),
        own: isTyped ? typed.months : String(round.retention_months ?? ''),
        field: `months-${round.code}`,
        confirm: isTyped ? faultOf(faults, 'confirm') : '',
        fault: isTyped ? faultOf(faults, 'months') : '',
      }
    }),
    done: rounds.flatMap(({ code, anonymised_at, erased, people }) =>
      anonymised_at
        ? [{ code, at: presentTime(anonymised_at, zone), erased: formatCount(erased), people: formatCount(people) }]
        : [],
    ),
    asked:
      asked === 1
        ? '1 person was erased because they asked.'
        : `${formatCount(asked)} people were erased because they asked.`,
  }
}

function sayDue({ code, due_on, people, last_here, state }: Retention['rounds'][number]): string {
  const when = state === 'due' ? 'within the hour' : `on ${due_on}`
  const erased = last_here === 1 ? '1 person is erased' : `${formatCount(last_here)} people are erased`
  const others = people - last_here
  const keep =
    others === 0 ? '' : `; ${formatCount(others)} who take part in a round that stays keep their name and address`
  return `${code} is made anonymous ${when}: ${erased}${keep}.`
}
