/**
 * The reports on one round and on all of them, the people behind them, and the figures that are kept for them. What
 * else is told of a part of a round is counted here too.
 */

export { STEP_COLUMNS } from './columns.ts'
export { reportOnRounds } from './compare.ts'
export { countRound, listRoundsInOrder, type RoundFigures, refreshRounds } from './figures.ts'
export { stepsShown } from './known.ts'
export { listPeopleOfRound } from './people.ts'
export { reportOnRound } from './round-report.ts'
export { dimensionSections } from './sections.ts'
