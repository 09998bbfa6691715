import type { Definition } from '../report.ts'

/**
 * What the figures of a round are. Whoever changes how one is counted raises its version, and FIGURES_VERSION (figures.ts)
 * where kept figures would be wrong.
 */
export const ROUND_DEFINITIONS: readonly Definition[] = [
  {
    key: 'applicants',
    name: 'Applicants',
    version: 1,
    words:
      'People with an application to the round, whatever became of it; each person once. People who were erased since are counted as everybody else. An application that was taken back with its import is not counted.',
  },
  {
    key: 'participants',
    name: 'Participants',
    version: 1,
    words: 'Applicants whose application stands confirmed. Whoever withdrew, or was removed, is none any more.',
  },
  {
    key: 'matched',
    name: 'Matched',
    version: 1,
    words: 'Participants who have or had a partnership in the round, introduced or not yet.',
  },
  {
    key: 'in_touch',
    name: 'In touch',
    version: 1,
    words:
      'Matched participants of whose partnership somebody, they or a partner, has answered a check-in with "in touch". A later answer does not take this back. Unknown until the first check-in of the round is answered.',
  },
  {
    key: 'completed',
    name: 'Completed',
    version: 1,
    words:
      "Matched participants with a partnership that was introduced and stood until the round's last day. Unknown until that day is over (UTC), and for a round without one.",
  },
  {
    key: 'returning',
    name: 'Returning',
    version: 1,
    words:
      'People with a confirmed application in an earlier round. Rounds are in the order of their start days; those without one come last, in the order in which they were made.',
  },
  {
    key: 'countries',
    name: 'Countries',
    version: 1,
    words: 'Different countries in the applications of these people, as ISO 3166-1 counts countries.',
  },
  {
    key: 'step',
    name: 'People at a step',
    version: 1,
    words: 'People of the round who have come this far. Each step is defined under its own name.',
  },
  {
    key: 'base',
    name: 'Of',
    version: 1,
    words: 'The people of whom those beside it are a part.',
  },
  {
    key: 'not_confirmed',
    name: 'Not confirmed',
    version: 1,
    words:
      'Applicants who are no participants, by where their application stands: still open, on the waiting list, declined, lapsed without an answer, withdrawn, or removed for the code of conduct.',
  },
]
