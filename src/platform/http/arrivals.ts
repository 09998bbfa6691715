import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Clock } from '../../lib/clock.ts'

/** When a request arrived: before its body was there, and before its turn. */
export type ArrivedAt = (request: FastifyRequest) => Date

/** Notes it for every request of a scope: a slow line, or a closing day that brings everybody, makes nobody late. */
export function noteArrivals(scope: FastifyInstance, clock: Clock): ArrivedAt {
  const arrivals = new WeakMap<FastifyRequest, Date>()
  scope.addHook('onRequest', async (request) => {
    arrivals.set(request, clock.now())
  })
  return (request) => arrivals.get(request) ?? clock.now()
}
