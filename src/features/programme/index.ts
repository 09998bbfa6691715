/**
 * The programme's own settings: who it is, its languages, what stands under every message. Owns the table programme,
 * which has one row. Guarantees that what is kept can stand in a message as it is. Does not apply the settings:
 * campaigns read them when a message is made.
 *
 * Also the first steps and the made-up round: who may load it and what goes with it. Guarantees that removing it takes
 * its round and the people that came with it, and nothing else. (What is loaded: src/demo/data.ts.)
 */

export { LOAD_DEMO, measureDemo, removeDemo, startDemoLoad, whyNoDemo } from './demo.ts'
export { isDemoLoaded } from './demo-loaded.ts'
export {
  DEMO_AUTHOR,
  DEMO_ROUND,
  type DemoCounts,
  isDemoImported,
  listDemoTopics,
  readDemoState,
  recordDemoLoaded,
} from './demo-queries.ts'
export { FIRST_STEPS, type FirstRun, type FirstStep, markFirstStep, readFirstRun } from './first-run-queries.ts'
export { getProgramme, type Programme } from './queries.ts'
export { addProgrammeRoutes } from './routes.ts'
export { type ProgrammeChange, updateProgramme } from './service.ts'
