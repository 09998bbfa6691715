/**
 * People over rounds and addresses. Owns people, addresses and the suppressions that staff make. Guarantees that one
 * address belongs to one person, that a suppressed person is suppressed at every address, and that whoever is removed
 * for the code of conduct leaves their round and frees their partner in the same moment. Does not decide who is in an
 * audience, and never merges two people by itself.
 */
export { findOwner, insertAddress, makePrimary } from './address-queries.ts'
export { type Arrival, lockNewPeople, recordArrival } from './arrival-queries.ts'
export {
  browseParticipants,
  type Counted,
  eachParticipant,
  listEverybody,
  listParticipantChoices,
  listParticipants,
  type Participant,
  type ParticipantChoice,
  type ParticipantsWanted,
} from './participants.ts'
export type { PersonValues } from './queries.ts'
export { endPartnershipsOf, holdRoundsOf } from './removal-queries.ts'
export { addPeopleRoutes } from './routes.ts'
export { faultOfName, tidyBlanks } from './rules.ts'
export { APPLICATION_STATES } from './schema.ts'
export {
  getPerson,
  listPartnersOfPerson,
  type Person,
  type PersonChange,
  unknownCountry,
  updatePerson,
} from './service.ts'
export {
  eachSuppression,
  endPause,
  liftEndedPauses,
  liftPersonSuppressions,
  liftSuppression,
  listPersonSuppressions,
  listSuppressions,
  type PastSuppression,
  pausePerson,
  type Suppressing,
  type Suppression,
  suppressAddress,
  suppressPerson,
} from './suppressions.ts'
