import type { FastifyInstance, FastifyReply } from 'fastify'
import {
  Conflict,
  type FieldFault,
  InvalidInput,
  NotAllowed,
  NotFound,
  PairpostError,
  Upstream,
} from '../../lib/errors.ts'

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
  502: 'A service we depend on failed',
  500: 'Our fault',
}

/** Every error of a route leaves as problem+json; what we did not expect is logged, and its words stay inside. */
export function addProblemAnswers(app: FastifyInstance): void {
  app.setErrorHandler(
    (
      error: Error & {
        statusCode?: number
        validation?: { instancePath: string; message?: string; params: Record<string, unknown> }[]
      },
      request,
      reply,
    ) => {
      if (error.validation) {
        const errors = error.validation.map(({ instancePath, message, params }) => ({
          field:
            [instancePath.slice(1).replaceAll('/', '.'), params.missingProperty ?? params.additionalProperty]
              .filter(Boolean)
              .join('.') || 'body',
          message: message ?? 'is invalid',
        }))
        return answerProblem(reply, 422, 'invalid_input', 'The request has faults.', errors)
      }
      if (error instanceof InvalidInput)
        return answerProblem(reply, 422, error.code, 'The request has faults.', error.faults)
      if (error instanceof PairpostError) return answerProblem(reply, statusOf(error), error.code, error.message)
      const status = error.statusCode ?? 500
      if (status < 500) return answerProblem(reply, status, 'bad_request', error.message)
      request.log.error({ err: error }, 'request failed')
      return answerProblem(reply, 500, 'internal', 'Something went wrong on our side. It has been logged.')
    },
  )
  app.setNotFoundHandler((_request, reply) =>
    answerProblem(reply, 404, 'not_found', 'There is nothing at this address.'),
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
