/**
 * Staff: who may call the API. Owns the table api_tokens. Guarantees that a token is kept as a hash only and that a
 * revoked one stops at once. Does not decide what a role may do: lib/permissions.ts does.
 */
export { addStaffRoutes } from './routes.ts'
export { createApiToken, findCaller } from './tokens.ts'
