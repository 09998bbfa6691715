/**
 * The Inbox: mail that comes in. Owns incoming_messages, imap_mailboxes, delivery_events, inbox_items and inbox_replies.
 *
 * Guarantees (each has its test):
 * - nothing is lost: whoever gave a message is told so after its row is committed, nothing is deleted from a mailbox, and
 *   a message that cannot be read goes to a person with its source;
 * - nothing is done twice: a message that comes again, by whatever way, is one; what follows from it is recorded in one
 *   transaction with its being read;
 * - nothing automatic answers for anybody, and nothing here answers automatically: the only notice is the one that
 *   confirmations send for a recorded answer;
 * - an answer acts only when it is explicit, to a message in which we asked, and cannot be another's (read/reply-rules.ts);
 *   all else waits for a person with the guess and its words.
 *
 * Not here: what an answer does to an application (confirmations), how a message is parsed and sorted
 * (platform/mail/incoming), and whether mail to somebody stops by their own wish (deliveries).
 */
export type { Decision as GuessedDecision, Guess } from './guess/index.ts'
export { ADDRESS_DECISIONS, type AddressDecision, decideAddress } from './items/address.ts'
export type { OtherMessage, OurMessage, StandingOfPerson, WrittenReply } from './items/around-queries.ts'
export { assignInbox, identifyInbox, noteInbox } from './items/assign.ts'
export type { Doer } from './items/change.ts'
export { type Deciding, decideInbox } from './items/decide.ts'
export {
  countOpenInbox,
  eachOpenItem,
  getInboxItem,
  getInboxSource,
  type InboxItem,
  type InboxWanted,
  listInbox,
  listIncomingOfPerson,
} from './items/inbox.ts'
export { DECISIONS, type Decision, type InboxEntry } from './items/item-queries.ts'
export { type DeliveryEvent, listEventsOf } from './items/person-queries.ts'
export { answerSubject, replyFromInbox } from './items/reply.ts'
export { createInboxReplyComposer } from './items/reply-email.ts'
export { countOutcomes, countRead } from './read/incoming-queries.ts'
export { type ReadDeps, readIncomingJob, sweepIncoming } from './read/read-incoming.ts'
export { createSenderCheck } from './read/sender-check.ts'
export { createMailboxReader } from './receive/from-mailbox.ts'
export { findMailboxFault } from './receive/imap.ts'
export { listMailboxTroubles } from './receive/imap-queries.ts'
export { openReceivers, type Receivers } from './receive/open-receivers.ts'
export { type Received, receiveMessage } from './receive/receive.ts'
export { addInboxRoutes } from './routes.ts'
