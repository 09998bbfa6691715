import type { FastifyBaseLogger } from 'fastify'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { routePattern } from './request-log.ts'
import { within } from './time-limit.ts'
import type { TypedApp } from './typed-app.ts'

/** A figure that is read anew at each scrape. */
export interface Reading {
  name: string
  help: string
  /** Name of the label, when there is a figure for each of several things. */
  label?: string
  read(): Promise<readonly ReadValue[]>
}

export interface ReadValue {
  /** Value of the label. */
  of?: string
  value: number
}

const READ_MS = 2000
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/**
 * `/metrics` in Prometheus' text format: the given readings, requests by route pattern, and the process itself. A
 * reading that fails or hangs is left out and counted: one absent service must not hide the rest.
 */
export function addMetrics(app: TypedApp, log: FastifyBaseLogger, readings: readonly Reading[]): void {
  const registry = new Registry()
  const failures = new Counter({
    name: 'pairpost_reading_failures_total',
    help: 'Figures that could not be read for a scrape',
    labelNames: ['name'],
    registers: [registry],
  })
  const requests = new Histogram({
    name: 'pairpost_http_request_seconds',
    help: 'Time to answer by route pattern',
    labelNames: ['method', 'route', 'status'],
    buckets: SECONDS,
    registers: [registry],
  })
  for (const reading of readings) registry.registerMetric(gaugeOf(reading))

  app.addHook('onResponse', async (request, reply) => {
    requests.observe(
      { method: request.method, route: routePattern(request), status: reply.statusCode },
      reply.elapsedTime / 1000,
    )
  })
  // Only a service that listens watches its process: the observers behind these figures last as long as it does.
  app.addHook('onListen', async () => collectDefaultMetrics({ register: registry }))

  app.route({
    method: 'GET',
    url: '/metrics',
    config: { allow: 'sending.read', openOnLoopback: true },
    handler: async (_request, reply) => {
      reply.type(registry.contentType)
      return registry.metrics()
    },
  })

  function gaugeOf({ name, help, label, read }: Reading): Gauge {
    return new Gauge({
      name,
      help,
      labelNames: label ? [label] : [],
      registers: [],
      async collect() {
        this.reset()
        try {
          const values = await within(READ_MS, read())
          // Without a label prom-client shows 0 after reset; NaN says "not known".
          if (!label && values.length === 0) this.set(Number.NaN)
          for (const { of, value } of values) label ? this.set({ [label]: of ?? '' }, value) : this.set(value)
        } catch (error) {
          if (!label) this.set(Number.NaN)
          failures.inc({ name })
          log.warn({ err: error, reading: name }, 'a figure could not be read')
        }
      },
    })
  }
}
