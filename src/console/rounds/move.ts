import { Type } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type MoveInput, moveRound, previewMove } from '../../features/campaigns/index.ts'
import { getRoundRow, type RoundRow } from '../../features/rounds/index.ts'
import { Conflict, type FieldFault, InvalidInput } from '../../lib/errors.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { presentDay, presentZone } from '../present/time.ts'
import { zoneOf } from '../settings/caller.ts'
import { presentField } from '../settings/form.ts'
import type { ConsoleDeps } from '../shell.ts'
import { presentMove } from './present-move.ts'
import { Code } from './round.ts'

const Day = Type.String({ maxLength: 40 })

/** /console/rounds/:code/move: shows what would move with the start, and moves it. */
export function addMovePages(app: TypedApp, deps: ConsoleDeps): void {
  const inputOf = (request: FastifyRequest, code: string, starts_on: string): MoveInput => ({
    code,
    starts_on: starts_on.trim(),
    time_zone: zoneOf(request),
  })

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    given: { round: RoundRow; starts_on: string; faults: FieldFault[]; look: boolean },
  ) {
    const { round, starts_on, look } = given
    let { faults } = given
    const zone = zoneOf(request)
    let move: ReturnType<typeof presentMove> | null = null
    try {
      if (look) move = presentMove(await previewMove(deps, inputOf(request, round.code, starts_on)), zone)
    } catch (error) {
      if (error instanceof InvalidInput) faults = [...faults, ...error.faults]
      else if (error instanceof Conflict) faults = [...faults, { field: '', message: error.message }]
      else throw error
      if (reply.statusCode === 200) reply.status(422)
    }
    const field = { name: 'starts_on', label: 'New start', value: starts_on, type: 'date', short: true }
    const model = {
      code: round.code,
      name: round.name,
      href: `/console/rounds/${encodeURIComponent(round.code)}`,
      starts_on: round.starts_on === null ? '' : presentDay(round.starts_on),
      field: presentField(field, faults),
      faults,
      zone: presentZone(zone, deps.clock.now()),
      move,
      typed: starts_on,
    }
    return deps.shell.show(reply, 'rounds/move', { title: `Move the start of ${round.code}`, nav: 'rounds' }, model)
  }

  app.route({
    method: 'GET',
    url: '/console/rounds/:code/move',
    config: { allow: 'rounds.write' },
    schema: { params: Code, querystring: Type.Object({ starts_on: Type.Optional(Day) }) },
    handler: async (request, reply) => {
      const round = await getRoundRow(deps, request.params)
      const { starts_on } = request.query
      const look = starts_on !== undefined
      return show(request, reply, { round, starts_on: starts_on ?? round.starts_on ?? '', faults: [], look })
    },
  })

  app.route({
    method: 'POST',
    url: '/console/rounds/:code/move',
    config: { allow: 'rounds.write', does: 'Move the start of a round' },
    schema: { params: Code, body: Type.Object({ starts_on: Day, fingerprint: Type.String({ maxLength: 64 }) }) },
    handler: async (request, reply) => {
      const { params, body } = request
      const { starts_on, fingerprint } = body
      try {
        await moveRound(deps, { ...inputOf(request, params.code, starts_on), fingerprint })
      } catch (error) {
        const refused = error instanceof Conflict || error instanceof InvalidInput
        if (!refused) throw error
        const round = await getRoundRow(deps, params)
        // Refused once more while it is looked at again, in words that fit what is there now.
        const faults = error instanceof Conflict ? [{ field: '', message: error.message }] : []
        return show(request, reply.status(409), { round, starts_on, faults, look: true })
      }
      return reply.redirect(`/console/rounds/${encodeURIComponent(params.code)}?notice=moved`, 303)
    },
  })
}
