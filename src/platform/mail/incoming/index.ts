/**
 * What came in by mail: read within limits and sorted into what it is (design/mail.md, "Incoming").
 *
 * Owns: limits before any parser, header facts, text and attachments' names, the order of tests (our own mail, complaint,
 * bounce, unsubscribe address, automatic answer, person), what reports say of each recipient, which of our tokens and
 * Message-IDs a message names, and whether its sender is who it says.
 * Guarantees: no message holds up the process or takes over two seconds; what was not read is said; nothing compressed
 * is ever unpacked; no failure of a message is an exception. Only "no such address" suppresses.
 * Does not: keep anything, verify tokens (lib/tokens.ts), judge the words of a person or of an automatic answer without
 * signs in its header.
 */
export { type Authenticity, checkAuthenticity, type Resolver } from './authenticity.ts'
export type {
  Incoming,
  IncomingAttachment,
  IncomingContext,
  IncomingKind,
  MailAddress,
  OwnPurpose,
  Report,
  ReportAction,
  ReportClass,
  ReportRecipient,
  ReturnedMessage,
  TokenHint,
  TokenPlace,
} from './incoming.ts'
export { findOwnMessageIds, findTokens } from './own-token.ts'
export { readIncoming } from './read-incoming.ts'
export { type IncomingReader, openIncomingReader } from './reader.ts'
