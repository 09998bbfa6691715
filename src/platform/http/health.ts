import type { FastifyBaseLogger } from 'fastify'
import { answerProblem } from './problem.ts'
import { within } from './time-limit.ts'
import type { TypedApp } from './typed-app.ts'

const PROBE_MS = 2000

/**
 * `/healthz`: the process runs. `/readyz`: what it depends on answers, else 503 with the names of what does not.
 * @param probes by name ("The database"); each throws or hangs when its service is away
 */
export function addHealth(app: TypedApp, log: FastifyBaseLogger, probes: Record<string, () => Promise<unknown>>): void {
  app.route({
    method: 'GET',
    url: '/healthz',
    config: { allow: 'public' },
    handler: async () => ({ status: 'up' }),
  })
  app.route({
    method: 'GET',
    url: '/readyz',
    config: { allow: 'public' },
    handler: async (_request, reply) => {
      const silent = (await Promise.all(Object.entries(probes).map(([name, ask]) => findSilent(name, ask)))).filter(
        (name) => name !== undefined,
      )
      if (silent.length === 0) return { status: 'ready' }
      const verb = silent.length === 1 ? 'does' : 'do'
      return answerProblem(reply, 503, 'not_ready', `${silent.join(' and ')} ${verb} not answer.`)
    },
  })

  async function findSilent(name: string, ask: () => Promise<unknown>): Promise<string | undefined> {
    try {
      await within(PROBE_MS, ask())
      return undefined
    } catch (error) {
      log.warn({ err: error }, `${name} does not answer`)
      return name
    }
  }
}
