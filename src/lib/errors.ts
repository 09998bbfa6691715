/**
 * The failures a caller may meet. They know neither HTTP nor the queue; `code` is stable, `message` is a sentence
 * a person can act on. An outcome that the caller must handle is a return value, not one of these.
 */

/** What is wrong with one field of the input; `field` is its path, such as `variants.fr.subject`. */
export interface FieldFault {
  field: string
  message: string
}

export class PairpostError extends Error {
  readonly code: string
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
    this.code = code
  }
}

/** The thing named does not exist, or not for this caller. */
export class NotFound extends PairpostError {
  constructor(what: string) {
    super('not_found', `${what} was not found.`)
  }
}

/** The thing exists but its present state does not allow the change. */
export class Conflict extends PairpostError {}

/** The input is at fault; every fault found is named at once. */
export class InvalidInput extends PairpostError {
  readonly faults: FieldFault[]
  constructor(faults: FieldFault[], code = 'invalid_input') {
    super(code, faults.map((fault) => `${fault.field}: ${fault.message}`).join(' · '))
    this.faults = faults
  }
}

/** The caller is known, but may not do this. */
export class NotAllowed extends PairpostError {
  constructor(message = 'Your role does not allow this.') {
    super('not_allowed', message)
  }
}

/** Somebody else's service failed: the mail server, the database, Mailchimp. */
export class Upstream extends PairpostError {
  readonly retryable: boolean
  constructor(code: string, message: string, options: ErrorOptions & { retryable: boolean }) {
    super(code, message, options)
    this.retryable = options.retryable
  }
}

/** The words of any thrown value, for a log line or a stored error. */
export function wordsOf(thrown: unknown): string {
  if (thrown instanceof AggregateError) return thrown.errors.map(wordsOf).join('; ') || thrown.message
  return thrown instanceof Error ? thrown.message : String(thrown)
}
