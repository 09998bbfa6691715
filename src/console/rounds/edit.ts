import { Type } from '@fastify/type-provider-typebox'
import type { FastifyReply } from 'fastify'
import { getRoundRow, type RoundRow, updateRound } from '../../features/rounds/index.ts'
import { Conflict, type FieldFault, InvalidInput } from '../../lib/errors.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { presentDay } from '../present/time.ts'
import type { ConsoleDeps } from '../shell.ts'
import { changesOf, FIELDS, presentFields, RoundFields, type RoundTyped, readRound, typedFrom } from './form.ts'
import { Code } from './round.ts'

/** What stood in the form when it was opened: `seen_name` and so on. */
const SEEN = Object.fromEntries(FIELDS.map((field) => [`seen_${field}`, Type.String({ default: '', maxLength: 2000 })]))

/** /console/rounds/:code/edit: name, dates and cap. A start that is set is moved, not edited (move.ts). */
export function addEditPages(app: TypedApp, deps: ConsoleDeps): void {
  const show = (
    reply: FastifyReply,
    round: RoundRow,
    { typed, seen, faults }: { typed: RoundTyped; seen: RoundTyped; faults: FieldFault[] },
  ) => {
    const href = `/console/rounds/${encodeURIComponent(round.code)}`
    const model = {
      code: round.code,
      href,
      faults,
      fields: presentFields(typed, faults, round.starts_on === null ? undefined : 'starts_on'),
      starts_on: round.starts_on === null ? '' : presentDay(round.starts_on),
      move_href: `${href}/move`,
      seen: Object.entries(seen).map(([field, value]) => ({ name: `seen_${field}`, value })),
    }
    return deps.shell.show(reply, 'rounds/edit', { title: `Edit ${round.code}`, nav: 'rounds' }, model)
  }

  app.route({
    method: 'GET',
    url: '/console/rounds/:code/edit',
    config: { allow: 'rounds.write' },
    schema: { params: Code },
    handler: async ({ params }, reply) => {
      const round = await getRoundRow(deps, params)
      const typed = typedFrom(round)
      return show(reply, round, { typed, seen: typed, faults: [] })
    },
  })

  app.route({
    method: 'POST',
    url: '/console/rounds/:code/edit',
    config: { allow: 'rounds.write', does: 'Change a round' },
    schema: { params: Code, body: Type.Object({ ...RoundFields, ...SEEN }) },
    handler: async ({ params, body }, reply) => {
      const round = await getRoundRow(deps, params)
      const fields = body as Record<string, string>
      const seen = Object.fromEntries(FIELDS.map((field) => [field, fields[`seen_${field}`] ?? ''])) as RoundTyped
      // The start is not in the form of a round that has one.
      const typed = { ...pick(fields), ...(round.starts_on === null ? {} : { starts_on: seen.starts_on }) }
      try {
        const change = changesOf(typed, seen)
        if (Object.keys(change).length > 0) await updateRound(deps, { code: round.code, change, seen: readRound(seen) })
      } catch (error) {
        if (error instanceof InvalidInput) return show(reply.status(422), round, { typed, seen, faults: error.faults })
        if (!(error instanceof Conflict)) throw error
        // Saving again is then a decision: what was typed stays, upon the round as it is now.
        const newest = await getRoundRow(deps, params)
        const now = typedFrom(newest)
        const rebased = Object.fromEntries(
          FIELDS.map((field) => [field, typed[field] === seen[field] ? now[field] : typed[field]]),
        ) as RoundTyped
        const message = `${error.message} What you typed is below; saving it again replaces theirs.`
        return show(reply.status(409), newest, { typed: rebased, seen: now, faults: [{ field: '', message }] })
      }
      return reply.redirect(`/console/rounds/${encodeURIComponent(round.code)}?notice=saved`, 303)
    },
  })
}

const pick = (fields: Record<string, string>) =>
  Object.fromEntries(FIELDS.map((field) => [field, fields[field] ?? ''])) as RoundTyped
