/**
 * People over rounds and addresses. Owns people, addresses and the suppressions that staff make. Guarantees that one
 * address belongs to one person and that a suppressed person is suppressed at every address. Does not decide who is
 * in an audience, and never merges two people by itself.
 */
export { listParticipants, type ParticipantsWanted } from './participants.ts'
export { addPeopleRoutes } from './routes.ts'
export { faultOfName, tidyBlanks } from './rules.ts'
export {
  getPerson,
  liftPersonSuppressions,
  type Person,
  type PersonChange,
  type Suppressing,
  suppressPerson,
  unknownCountry,
  updatePerson,
} from './service.ts'
