import { describeUnknown, type Hierarchy, type measureSettingsEffect } from '../../features/matching/index.ts'
import { formatCount } from '../present/numbers.ts'
import { people, percent, presentPerson } from './words.ts'

type Effect = Awaited<ReturnType<typeof measureSettingsEffect>>

/** What criteria would do to the people who are matched, beside what the saved ones do. */
export function presentEffect({ before, after, fewest, unknown, people: all }: Effect, hierarchy: Hierarchy) {
  const share = ({ allowed, pairs }: Effect['after']) =>
    pairs === 0 ? '' : ` of ${formatCount(pairs)} (${((allowed * 100) / pairs).toFixed(1)} %)`
  const score = (value: number | null) => (value === null ? 'none' : percent(value))
  const row = (name: string, say: (figures: Effect['after']) => string) => ({
    name,
    before: say(before),
    after: say(after),
    same: say(before) === say(after),
  })
  return {
    rows: [
      row('Pairs allowed', (figures) => `${formatCount(figures.allowed)}${share(figures)}`),
      row('Mean of the allowed pairs', ({ mean }) => score(mean)),
      row('Lowest', ({ lowest }) => score(lowest)),
      row('Highest', ({ highest }) => score(highest)),
      row('People with no possible partner', ({ without_partners }) => formatCount(without_partners)),
    ],
    fewest: fewest.map(({ partners, before: had, ...person }) => ({
      ...presentPerson(person),
      partners: formatCount(partners),
      before: had === null || had === partners ? '' : formatCount(had),
    })),
    unknown: describeUnknown(unknown, hierarchy),
    base:
      after.people < all
        ? `Measured on ${formatCount(after.people)} of ${people(all)}, evenly chosen.`
        : `Measured on all ${people(all)}.`,
  }
}
