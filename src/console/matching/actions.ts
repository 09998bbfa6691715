import { type Static, type TSchema, Type } from '@fastify/type-provider-typebox'
import {
  breakProposal,
  decideAboutPair,
  getMatchingRun,
  liftMatchingDecision,
  listMatchingDecisions,
  lockPair,
  pairPeople,
  undoEdit,
} from '../../features/matching/index.ts'
import { Conflict, type FieldFault, InvalidInput } from '../../lib/errors.ts'
import type { Memory } from '../../lib/remember.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import type { ConsoleDeps } from '../shell.ts'
import { hrefAfter, type ListQuery, RunParams } from './list-query.ts'
import { showRun } from './run-page.ts'

const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
const Back = Type.Optional(Type.String({ maxLength: 500 }))
/** "12 34 56": the proposal, and the people who were seen in it. */
const OfProposal = Type.Object({
  proposal: Type.String({ pattern: '^[1-9][0-9]{0,14}( [1-9][0-9]{0,14}){1,20}$' }),
  note: Type.Optional(Type.String({ maxLength: 2000 })),
  back: Back,
})
const Pairing = Type.Object({
  person: Type.Optional(Type.Union([Id, Type.Array(Id, { maxItems: 1000 })])),
  back: Back,
})
const Undoing = Type.Object({ edit: Type.Optional(Id), back: Back })

interface Done {
  changed: readonly number[]
  notice: string
  at?: string
}

/** What a reviewer does to a run's proposals: POST, then back to the list, at what was changed. */
export function addRunActions(app: TypedApp, deps: ConsoleDeps, memory: Memory): void {
  const { db } = deps

  /** What cannot be done is said above the list, as it stands now. */
  function addAction<Body extends TSchema>(
    url: string,
    does: string,
    body: Body,
    act: (id: number, fields: Static<Body>, by: string) => Promise<Done>,
  ): void {
    app.route({
      method: 'POST',
      url: `/console/matching/:id/${url}`,
      config: { allow: 'matching.write', does },
      schema: { params: RunParams, body },
      handler: async (request, reply) => {
        const { id } = request.params as { id: number }
        const fields = request.body as Static<Body> & { back?: string }
        try {
          const done = await act(id, fields, request.caller?.name ?? '')
          return reply.redirect(hrefAfter(id, fields.back, done), 303)
        } catch (error) {
          const faults = faultsOf(error)
          if (!faults) throw error
          const query = Object.fromEntries(new URLSearchParams(fields.back ?? '')) as ListQuery
          reply.status(error instanceof Conflict ? 409 : 422)
          return showRun(deps, memory, request, reply, id, { query, faults })
        }
      },
    })
  }

  addAction('keep', 'Keep two people together', OfProposal, async (_id, { proposal, note }, by) => {
    const seen = readSeen(proposal)
    await lockPair({ db }, { proposal_id: seen.id, note: note?.replaceAll('\0', ''), by })
    return { changed: [seen.id], notice: 'kept' }
  })

  addAction('let-go', 'Let two people go who were kept together', OfProposal, async (id, { proposal }, by) => {
    const seen = readSeen(proposal)
    const { round } = await getMatchingRun({ db, memory }, { id })
    const decisions = await listMatchingDecisions({ db }, { code: round })
    const isSeen = ({ person_id }: { person_id: number }) => seen.people.includes(person_id)
    const locks = decisions.filter(({ kind, people }) => kind === 'lock' && people.every(isSeen))
    for (const lock of locks) await liftMatchingDecision({ db }, { id: lock.id, by })
    return { changed: [seen.id], notice: 'let-go' }
  })

  addAction('break', 'Part the people of a proposal', OfProposal, async (id, { proposal }, by) => {
    await breakProposal({ db }, { id, proposal_id: readSeen(proposal).id, by })
    return { changed: [], notice: 'broken', at: 'left-over' }
  })

  // Parted first: a decision alone would leave a proposal that contradicts it.
  addAction('never', 'Never pair two people', OfProposal, async (id, { proposal, note }, by) => {
    const seen = readSeen(proposal)
    const [first, second, third] = seen.people
    if (first === undefined || second === undefined || third !== undefined)
      throw new Conflict('not_a_pair', 'Only two people can be parted for good. Break the group first.')
    const { round } = await getMatchingRun({ db, memory }, { id })
    await breakProposal({ db }, { id, proposal_id: seen.id, by })
    const deciding = { code: round, kind: 'ban', person_ids: [first, second] as [number, number] } as const
    await decideAboutPair({ db }, { ...deciding, note: note?.replaceAll('\0', ''), by })
    return { changed: [], notice: 'banned', at: 'left-over' }
  })

  addAction('pair', 'Pair two people who are left over', Pairing, async (id, { person = [] }, by) => {
    const [first, second, third] = [person].flat()
    if (first === undefined || second === undefined || third !== undefined)
      throw new InvalidInput([{ field: 'left-over', message: 'Tick exactly two people to pair them.' }])
    const done = await pairPeople({ db }, { id, person_ids: [first, second], by })
    return { changed: done.proposal_ids, notice: 'paired' }
  })

  addAction('undo', 'Undo the last change of a matching', Undoing, async (id, { edit }) => {
    const done = await undoEdit({ db }, { id, edit_id: edit })
    return { changed: done.proposal_ids, notice: 'undone' }
  })
}

function readSeen(proposal: string): { id: number; people: number[] } {
  const [id = 0, ...people] = proposal.split(' ').map(Number)
  return { id, people }
}

/** Undefined for what is no answer to a reviewer. */
function faultsOf(error: unknown): FieldFault[] | undefined {
  if (error instanceof InvalidInput) return error.faults
  return error instanceof Conflict ? [{ field: '', message: error.message }] : undefined
}
