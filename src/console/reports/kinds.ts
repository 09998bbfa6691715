import type { ReportKind } from '../../features/reports/index.ts'
import { type Asked, hrefOf } from './asked.ts'

interface Kind {
  kind: ReportKind
  name: string
  /** What it answers, in a sentence. */
  tells: string
  does: string
}

/** The reports there are, in the order in which they stand everywhere. */
export const KINDS: readonly Kind[] = [
  {
    kind: 'round',
    name: 'Round',
    tells: 'How far people came, from application to completion: by country, sector, career stage and pathway.',
    does: 'Export the report on a round',
  },
  {
    kind: 'rounds',
    name: 'Rounds compared',
    tells: 'Every round beside the others.',
    does: 'Export the comparison of rounds',
  },
  {
    kind: 'engagement',
    name: 'Engagement',
    tells: 'What readers did with each email: clicks, replies, unsubscriptions, links.',
    does: 'Export the engagement report',
  },
  {
    kind: 'delivery',
    name: 'Delivery',
    tells: 'How mail was received, by the domains of the addresses.',
    does: 'Export the delivery report',
  },
  {
    kind: 'association',
    name: 'Associations',
    tells:
      'What a partner association may be told of the people who came through it: counts without names, no small groups.',
    does: 'Export the report for an association',
  },
]

/** Links to all of them, for the same round and day. */
export function tabsOf(current: ReportKind | '', asked: Omit<Asked, 'kind'>) {
  return [
    { name: 'All reports', href: '/console/reports', current: current === '' },
    ...KINDS.map(({ kind, name }) => ({ name, href: hrefOf({ ...asked, kind }), current: kind === current })),
  ]
}
