import type { FastifyRequest } from 'fastify'
import type { Role } from '../../lib/permissions.ts'

/** Of whom the scope has let in; the least of all for a reader at this very machine. */
export function roleOf({ caller }: FastifyRequest): Role {
  return caller?.role ?? 'viewer'
}

/** The time zone of who looks. */
export function zoneOf({ caller }: FastifyRequest): string {
  return caller?.staff?.time_zone ?? 'UTC'
}
