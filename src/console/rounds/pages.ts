import { Type } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { createRound, listRoundRows, type RoundRow } from '../../features/rounds/index.ts'
import { Conflict, type FieldFault, InvalidInput } from '../../lib/errors.ts'
import { mayDo } from '../../lib/permissions.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { nameOfStage } from '../home/stages.ts'
import { presentDay } from '../present/time.ts'
import { roleOf } from '../settings/caller.ts'
import { presentField } from '../settings/form.ts'
import type { ConsoleDeps } from '../shell.ts'
import { addEditPages } from './edit.ts'
import { openRoundFigures, presentFigures, type RoundFigures } from './figures.ts'
import { presentFields, RoundFields, type RoundTyped, readRound, typedFrom } from './form.ts'
import { addMovePages } from './move.ts'
import { addRoundPage } from './round.ts'

const NewRound = Type.Object({ code: Type.String({ default: '', maxLength: 2000 }), ...RoundFields })

/** Everything under /console/rounds but imports. */
export function addRoundPages(app: TypedApp, deps: ConsoleDeps): void {
  const figures = openRoundFigures(deps.db)
  addRoundList(app, deps, figures)
  addNewRound(app, deps)
  addRoundPage(app, deps, figures)
  addEditPages(app, deps)
  addMovePages(app, deps)
}

function addRoundList(app: TypedApp, deps: ConsoleDeps, figures: RoundFigures): void {
  app.route({
    method: 'GET',
    url: '/console/rounds',
    config: { allow: 'rounds.read' },
    handler: async (request, reply) => {
      const [rows, current] = await Promise.all([listRoundRows(deps.db), deps.shell.currentRound(request)])
      const rounds = await figures(rows, deps.clock.now())
      const sees = mayDo(roleOf(request), 'people.read')
      const model = {
        may_write: mayDo(roleOf(request), 'rounds.write'),
        rounds: rounds.map((round) => ({
          code: round.code,
          name: round.name,
          href: hrefOf(round),
          current: round.code === current?.code,
          stage: nameOfStage(round.stage),
          days: daysOf(round),
          figures: presentFigures(round, { current: round.code === current?.code, sees }).filter(
            ({ state }) => state === '' || state === 'confirmed',
          ),
          countries: round.counts.countries,
        })),
      }
      return deps.shell.show(reply, 'rounds/list', { title: 'Rounds', nav: 'rounds' }, model)
    },
  })

  app.route({
    method: 'POST',
    url: '/console/rounds/:code/people',
    config: { allow: 'people.read', does: 'Look at the people of a round', audited: false },
    schema: {
      params: Type.Object({ code: Type.String({ maxLength: 32 }) }),
      body: Type.Object({ state: Type.String({ default: '', pattern: '^[a-z]{0,20}$' }) }),
    },
    handler: async (request, reply) => {
      const { params, body } = request
      if (request.session.staff_id !== undefined) request.session.set('round_code', params.code)
      return reply.redirect(`/console/participants${body.state === '' ? '' : `?state=${body.state}`}`, 303)
    },
  })
}

function addNewRound(app: TypedApp, deps: ConsoleDeps): void {
  const show = (reply: FastifyReply, typed: RoundTyped & { code: string }, faults: FieldFault[]) => {
    const hint = 'Short, such as 2016A; it stands in addresses and cannot be changed.'
    const code = presentField({ name: 'code', label: 'Code', hint, value: typed.code, short: true }, faults)
    const model = { faults, fields: [code, ...presentFields(typed, faults)] }
    return deps.shell.show(reply, 'rounds/new', { title: 'New round', nav: 'rounds' }, model)
  }

  app.route({
    method: 'GET',
    url: '/console/rounds/new',
    config: { allow: 'rounds.write' },
    handler: (_request, reply) => show(reply, { code: '', ...typedFrom(undefined) }, []),
  })

  app.route({
    method: 'POST',
    url: '/console/rounds',
    config: { allow: 'rounds.write', does: 'Create a round' },
    schema: { body: NewRound },
    handler: async (request, reply) => {
      const { code: typedCode, ...typed } = request.body
      const code = typedCode.trim()
      try {
        if (code === 'new')
          throw new InvalidInput([{ field: 'code', message: 'This word stands for a new round here.' }])
        await createRound(deps, { code, ...readRound(typed) })
      } catch (error) {
        if (error instanceof InvalidInput) return show(reply.status(422), request.body, error.faults)
        if (!(error instanceof Conflict)) throw error
        return show(reply.status(409), request.body, [{ field: 'code', message: error.message }])
      }
      lookAt(request, code)
      return reply.redirect(`/console/rounds/${encodeURIComponent(code)}?notice=created`, 303)
    },
  })
}

/** The round that was just made is the one that is looked at. */
function lookAt(request: FastifyRequest, code: string): void {
  if (request.session.staff_id !== undefined) request.session.set('round_code', code)
}

const hrefOf = ({ code }: { code: string }) => `/console/rounds/${encodeURIComponent(code)}`

function daysOf({ applications_open_on, starts_on, ends_on }: RoundRow): string {
  const parts = [
    applications_open_on && `applications from ${presentDay(applications_open_on)}`,
    starts_on && `start ${presentDay(starts_on)}`,
    ends_on && `until ${presentDay(ends_on)}`,
  ].filter(Boolean)
  return parts.length === 0 ? 'no dates yet' : parts.join(', ')
}
