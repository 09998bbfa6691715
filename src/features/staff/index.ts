/**
 * Staff: who may call the API and who may come into the console. Owns staff, sign_in_links, sessions and api_tokens.
 * Guarantees that a token is kept as a hash only, that a sign-in link stands nowhere and works once, and that who is
 * disabled or revoked is out with the next request. Does not decide what a role may do: lib/permissions.ts does.
 */
export { listAuditEntries, readAuditLog } from './audit.ts'
export { type Actor, type AuditRow, listActors } from './audit-queries.ts'
export type { Member } from './member-queries.ts'
export { getMember, inviteMember, listMembers, type MemberChange, updateMember } from './members.ts'
export type { ApiTokenRow } from './queries.ts'
export { addStaffRoutes } from './routes.ts'
export { sessionStore, sweepSessions } from './sessions.ts'
export {
  type Asking,
  findAsking,
  findSignIn,
  LINK_MINUTES,
  mailSignIn,
  printFirstSignIn,
  printSignIn,
  requestSignIn,
  useSignIn,
} from './sign-in.ts'
export { createSignInComposer } from './sign-in-email.ts'
export {
  createApiToken,
  createNamedToken,
  findCaller,
  getApiToken,
  listApiTokens,
  revokeApiToken,
} from './tokens.ts'
