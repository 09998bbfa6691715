/**
 * Rounds with their timetable. Owns the table rounds. Guarantees that the dates of a round stand in order and that
 * its stage follows from them and the clock alone. Does not change applications: their counts are read here only. Nor
 * does it move mail: campaigns move a start, with what is planned after it (features/campaigns/move.ts).
 */
export { type DateMove, getRoundToMove, planTimetableMove, recordTimetable, shiftDay } from './move.ts'
export { listRoundRows, type RoundRow } from './queries.ts'
export { addRoundRoutes } from './routes.ts'
export { type CountryShare, listOverCap, type Stage, stageOf, type Timetable } from './rules.ts'
export {
  countRounds,
  createRound,
  getRound,
  getRoundRow,
  type Round,
  type RoundChange,
  type RoundInput,
  refuseErasing,
  updateRound,
  withFigures,
} from './service.ts'
