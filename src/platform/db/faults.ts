/** What PostgreSQL's error codes say about the cause (PostgreSQL documentation, appendix A). */

/** Out of range (22003, 22008), no date (22007), NUL or another character that text cannot hold (22021, 22P05). */
const UNSTORABLE = new Set(['22003', '22007', '22008', '22021', '22P05'])

/** Whether the caller's value is at fault: shapes let it through, the column cannot hold it. */
export function isUnstorableInput(error: unknown): boolean {
  return isDatabaseError(error) && UNSTORABLE.has(error.code)
}

/** Whether the transaction lost a race and may be tried again from its start. */
export function isSerializationFailure(error: unknown): boolean {
  return isDatabaseError(error) && (error.code === '40001' || error.code === '40P01')
}

/** Whether a row with this key is there already. */
export function isUniqueViolation(error: unknown): boolean {
  return isDatabaseError(error) && error.code === '23505'
}

/** Whether the database cannot be reached, is starting or ending, or has no connection left. */
export function isDatabaseAway(error: unknown): boolean {
  if (isDatabaseError(error)) return /^(08|57P0|53300)/.test(error.code)
  const { code, message } = error as { code?: unknown; message?: unknown }
  if (code === 'ECONNREFUSED' || code === 'ECONNRESET') return true
  // pg and its pool give these without a code
  return typeof message === 'string' && /^(Connection terminated|timeout exceeded when trying to connect)/.test(message)
}

function isDatabaseError(error: unknown): error is { code: string; severity: string } {
  const { code, severity } = error as { code?: unknown; severity?: unknown }
  return typeof code === 'string' && typeof severity === 'string'
}
