import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import {
  Conflict,
  type FieldFault,
  InvalidInput,
  NotAllowed,
  NotFound,
  PairpostError,
  Upstream,
} from '../../lib/errors.ts'
import { isDatabaseAway, isUnstorableInput } from '../db/faults.ts'
import { faultsOf } from './schema-faults.ts'

/** RFC 9457 problem details, with our stable `code` and, for input, every fault by field. */
interface Problem {
  type: 'about:blank'
  title: string
  status: number
  code: string
  detail: string
  errors?: FieldFault[]
}

const TITLES: Record<number, string> = {
  400: 'Bad request',
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not found',
  409: 'Conflict',
  413: 'Too large',
  415: 'Unsupported media type',
  422: 'Invalid input',
  429: 'Too many requests',
  500: 'Our fault',
  502: 'A service we depend on failed',
  503: 'Not available now',
}

/** Codes of what Fastify itself refuses; anything else of it is a bad request. */
const CODES: Record<number, string> = { 413: 'too_large', 415: 'unsupported_media_type', 503: 'unavailable' }

/** Whether a person's browser asks for a page; programs and scripts get problem+json. */
export function wantsPage({ headers }: Pick<FastifyRequest, 'headers'>): boolean {
  return (headers.accept ?? '').includes('text/html')
}

/**
 * Every error of a route leaves as problem+json; what we did not expect is logged, and its words stay inside.
 * @param showMissing answers a browser that asks for what is not there
 */
export function addProblemAnswers(
  app: FastifyInstance,
  showMissing?: (request: FastifyRequest, reply: FastifyReply) => unknown,
): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    if (error.validation) {
      return answerProblem(reply, 422, 'invalid_input', 'The request has faults.', faultsOf(error.validation))
    }
    if (error instanceof InvalidInput)
      return answerProblem(reply, 422, error.code, 'The request has faults.', error.faults)
    if (error instanceof PairpostError) return answerProblem(reply, statusOf(error), error.code, error.message)
    if (isUnstorableInput(error)) {
      request.log.info({ err: error }, 'input that the database cannot hold')
      return answerProblem(reply, 422, 'invalid_input', 'A value of the request is out of range or holds a NUL.', [])
    }
    const status = error.statusCode ?? 500
    if (status < 500 || CODES[status]) {
      return answerProblem(reply, status, CODES[status] ?? 'bad_request', error.message)
    }
    request.log.error({ err: error }, 'request failed')
    if (isDatabaseAway(error)) {
      reply.header('retry-after', 5)
      return answerProblem(reply, 503, 'unavailable', 'The database does not answer. Try again in a moment.')
    }
    return answerProblem(reply, 500, 'internal', 'Something went wrong on our side. It has been logged.')
  })
  app.setNotFoundHandler((request, reply) =>
    showMissing && wantsPage(request)
      ? showMissing(request, reply)
      : answerProblem(reply, 404, 'not_found', 'There is nothing at this address.'),
  )
}

export function answerProblem(
  reply: FastifyReply,
  status: number,
  code: string,
  detail: string,
  errors?: FieldFault[],
) {
  const problem: Problem = {
    type: 'about:blank',
    title: TITLES[status] ?? 'Error',
    status,
    code,
    detail,
    ...(errors ? { errors } : {}),
  }
  return reply.status(status).type('application/problem+json').send(JSON.stringify(problem))
}

function statusOf(error: PairpostError): number {
  if (error instanceof NotFound) return 404
  if (error instanceof Conflict) return 409
  if (error instanceof NotAllowed) return 403
  if (error instanceof Upstream) return 502
  return 500
}
