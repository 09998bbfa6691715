import pino, { type DestinationStream, type Logger } from 'pino'
import { wordsOf } from '../lib/errors.ts'

const ADDRESS = /[^\s<>()[\]"',:;=]+@[^\s<>()[\]"',:;=]+/g

/**
 * The log of a process: JSON lines without personal data. Errors keep their kind, their stack and the name of the
 * broken constraint, but not the values that PostgreSQL repeats in `detail`, and no mail address.
 */
export function openLog(level: string, destination?: DestinationStream): Logger {
  return pino(
    {
      level,
      base: { pid: process.pid },
      serializers: { err: describeError, error: describeError },
      redact: { paths: ['authorization', '*.authorization', 'headers', '*.headers'], censor: '[left out]' },
    },
    destination ?? pino.destination(1),
  )
}

/** What of an error may stand in a log. */
function describeError(thrown: unknown): Record<string, unknown> {
  const fields = thrown as { name?: unknown; code?: unknown; constraint?: unknown; stack?: unknown; cause?: unknown }
  const words = wordsOf(thrown).replaceAll(ADDRESS, '…@…')
  if (!(thrown instanceof Error)) return { message: words }
  const frames = String(thrown.stack ?? '').match(/^ {4}at .*$/gm) ?? []
  return {
    type: thrown.name,
    message: words,
    ...(typeof fields.code === 'string' ? { code: fields.code } : {}),
    ...(typeof fields.constraint === 'string' ? { constraint: fields.constraint } : {}),
    stack: frames.join('\n'),
    ...(thrown.cause === undefined ? {} : { cause: describeError(thrown.cause) }),
  }
}
