import { Readable } from 'node:stream'
import { Type } from '@fastify/type-provider-typebox'
import type { Db } from '../../../platform/db/open.ts'
import type { TypedApp } from '../../../platform/http/typed-app.ts'
import { closed, Id, IdParams, oneOf, TwoPeople } from '../schema.ts'
import { approveRun } from './approve.ts'
import { listSwapCandidates } from './candidates.ts'
import { breakProposal, pairPeople, swapPartner } from './edits.ts'
import { writePeopleCsv, writeProposalsCsv, writeUnmatchedCsv } from './files.ts'
import { getProposal, lockPair } from './get-proposal.ts'
import { type IntroduceDeps, introduceRun } from './introduce.ts'
import { ORDERS } from './proposal-queries.ts'
import { listProposals } from './proposals.ts'
import { undoEdit } from './undo.ts'

const tags = ['matching']

/** The proposals of a run: looked at, changed by hand, written to files, approved and introduced. */
export function addProposalRoutes(app: TypedApp, deps: IntroduceDeps): void {
  app.route({
    method: 'GET',
    url: '/matching-runs/:id/proposals',
    config: { allow: 'matching.read', does: 'List the proposals of a matching run', audited: true },
    schema: {
      tags,
      summary: 'Proposals of a run, the lowest score first',
      params: IdParams,
      querystring: Type.Object(
        {
          order: Type.Optional(oneOf(ORDERS)),
          country: Type.Optional(Type.String({ maxLength: 200, description: 'A code or any spelling' })),
          special_request: Type.Optional(Type.Boolean({ description: 'One of them wrote a wish to be looked at' })),
          locked: Type.Optional(Type.Boolean()),
          by_hand: Type.Optional(Type.Boolean()),
          q: Type.Optional(Type.String({ maxLength: 200, description: 'Words of a name' })),
          after: Type.Optional(Type.String({ maxLength: 40, description: '`next` of the page before' })),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
        },
        closed,
      ),
    },
    handler: async ({ params, query: { q, ...query } }) => listProposals(deps, { ...params, ...query, text: q }),
  })
  app.route({
    method: 'GET',
    url: '/proposals/:id',
    config: { allow: 'matching.read', does: 'Look at a proposal', audited: true },
    schema: {
      tags,
      summary: 'A proposal with everything that speaks for it, criterion by criterion',
      params: IdParams,
    },
    handler: async ({ params }) => getProposal(deps, params),
  })
  app.route({
    method: 'GET',
    url: '/matching-runs/:id/candidates',
    config: { allow: 'matching.read', does: 'List who might be whose partner', audited: true },
    schema: {
      tags,
      summary: 'The partners that a person could get instead, the cheapest for the run first',
      params: IdParams,
      querystring: Type.Object(
        {
          person: Id,
          proposal: Type.Optional(Type.Integer({ minimum: 1, description: "Of a mentor's proposals, which" })),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
        },
        closed,
      ),
    },
    handler: async ({ params, query: { person, proposal, limit } }) =>
      listSwapCandidates(deps, { ...params, person_id: person, proposal_id: proposal, limit }),
  })
  addFileRoutes(app, deps)
  addEditRoutes(app, deps)
  addApproval(app, deps)
}

function addFileRoutes(app: TypedApp, deps: { db: Db }): void {
  const files = [
    {
      name: 'proposals',
      does: 'Export proposals',
      summary: 'Proposals with scores and reasons',
      write: writeProposalsCsv,
    },
    { name: 'people', does: 'Export who is with whom', summary: 'People with their partners', write: writePeopleCsv },
    {
      name: 'unmatched',
      does: 'Export who is left over',
      summary: 'Who is left over, and why',
      write: writeUnmatchedCsv,
    },
  ]
  for (const { name, does, summary, write } of files) {
    app.route({
      method: 'GET',
      url: `/matching-runs/:id/${name}.csv`,
      config: { allow: 'matching.read', does, audited: true },
      schema: { tags, summary, params: IdParams },
      handler: async ({ params }, reply) => {
        const lines = write(deps, params)
        // What is missing is answered as such, and not as half a file.
        const first = await lines.next()
        return reply
          .header('content-disposition', `attachment; filename="matching-run-${params.id}-${name}.csv"`)
          .type('text/csv; charset=utf-8')
          .send(Readable.from(after(first.value ?? '', lines)))
      },
    })
  }
}

async function* after(first: string, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  yield first
  yield* rest
}

/** null stands first: tried for a number it would be made 0. */
const Seat = Type.Union([Type.Null(), Id], { description: 'The proposal as it was seen; null: left over' })

function addEditRoutes(app: TypedApp, deps: { db: Db }): void {
  app.route({
    method: 'POST',
    url: '/matching-runs/:id/swap',
    config: { allow: 'matching.write' },
    schema: {
      tags,
      summary: 'Give a person another partner; the two who are freed become partners where they may',
      params: IdParams,
      body: Type.Object({ person_id: Id, proposal_id: Seat, with_person_id: Id, with_proposal_id: Seat }, closed),
    },
    handler: async ({ params, body, caller }) =>
      swapPartner(deps, { ...params, ...body, by: caller?.name ?? 'unknown' }),
  })
  app.route({
    method: 'POST',
    url: '/matching-runs/:id/break',
    config: { allow: 'matching.write' },
    schema: {
      tags,
      summary: 'Part the people of a proposal',
      params: IdParams,
      body: Type.Object({ proposal_id: Id }, closed),
    },
    handler: async ({ params, body, caller }) =>
      breakProposal(deps, { ...params, ...body, by: caller?.name ?? 'unknown' }),
  })
  app.route({
    method: 'POST',
    url: '/matching-runs/:id/pair',
    config: { allow: 'matching.write' },
    schema: {
      tags,
      summary: 'Pair two people who are left over',
      params: IdParams,
      body: Type.Object({ person_ids: TwoPeople }, closed),
    },
    handler: async ({ params, body, caller }) =>
      pairPeople(deps, { ...params, ...body, by: caller?.name ?? 'unknown' }),
  })
  app.route({
    method: 'POST',
    url: '/matching-runs/:id/undo',
    config: { allow: 'matching.write' },
    schema: {
      tags,
      summary: 'Take back the last change of the proposals',
      params: IdParams,
      body: Type.Union([
        Type.Null(),
        Type.Object(
          { edit_id: Type.Optional(Type.Integer({ minimum: 1, description: 'Only if it is the last' })) },
          closed,
        ),
      ]),
    },
    handler: async ({ params, body }) => undoEdit(deps, { ...params, edit_id: body?.edit_id }),
  })
  app.route({
    method: 'POST',
    url: '/proposals/:id/lock',
    config: { allow: 'matching.write' },
    schema: {
      tags,
      summary: 'Keep the two people of a proposal together, in every run of the round',
      params: IdParams,
      body: Type.Union([Type.Null(), Type.Object({ note: Type.Optional(Type.String({ maxLength: 500 })) }, closed)]),
    },
    handler: async ({ params, body, caller }, reply) =>
      reply
        .status(201)
        .send(await lockPair(deps, { proposal_id: params.id, note: body?.note, by: caller?.name ?? 'unknown' })),
  })
}

function addApproval(app: TypedApp, deps: IntroduceDeps): void {
  app.route({
    method: 'POST',
    url: '/matching-runs/:id/approve',
    config: { allow: 'matching.write' },
    schema: {
      tags,
      summary: 'Make partnerships of the proposals, and a draft of their introduction; nobody is mailed yet',
      params: IdParams,
      body: Type.Union([
        Type.Null(),
        Type.Object(
          {
            accept_changed: Type.Optional(Type.Boolean({ description: 'Also where data have changed since the run' })),
          },
          closed,
        ),
      ]),
    },
    handler: async ({ params, body, caller }) =>
      approveRun(deps, { ...params, accept_changed: body?.accept_changed, by: caller?.name ?? 'unknown' }),
  })
  app.route({
    method: 'POST',
    url: '/matching-runs/:id/introduce',
    config: { allow: 'matching.write' },
    schema: {
      tags,
      summary: 'Introduce the partners to each other: the email to both or to neither',
      params: IdParams,
      body: Type.Union([
        Type.Null(),
        Type.Object(
          {
            at: Type.Optional(Type.String({ maxLength: 40, description: 'An instant with its zone, or "now"' })),
            hold_seconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 86_400 })),
            expected_partnerships: Type.Optional(
              Type.Integer({ minimum: 0, description: 'As told by the page; when there are others now, 409' }),
            ),
          },
          closed,
        ),
      ]),
    },
    handler: async ({ params, body, caller }) =>
      introduceRun(deps, { ...params, ...body, by: caller?.name ?? 'unknown' }),
  })
}
