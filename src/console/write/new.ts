import { type Static, Type } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { insertDraft } from '../../features/campaigns/index.ts'
import { getProgramme } from '../../features/programme/index.ts'
import { listRoundRows } from '../../features/rounds/index.ts'
import { type FieldFault, InvalidInput, NotFound } from '../../lib/errors.ts'
import { nameLanguage } from '../../lib/languages.ts'
import { doOnce, isFormKey, newFormKey } from '../../platform/http/form-once.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { faultOf } from '../settings/form.ts'
import type { ConsoleDeps } from '../shell.ts'
import { writeHref } from './query.ts'
import { callerOf } from './view.ts'

const Body = Type.Object({
  round: Type.String({ maxLength: 32 }),
  kind: Type.String({ maxLength: 40 }),
  language: Type.String({ maxLength: 40 }),
  subject: Type.Optional(Type.String({ maxLength: 2000 })),
  /** So that a button pressed twice makes one draft. */
  form_key: Type.String({ maxLength: 40 }),
})
type Body = Static<typeof Body>

const KINDS = {
  topic: {
    text: 'Topic email',
    hint: 'To every participant; it may be published on the web once its sending has begun.',
  },
  announcement: { text: 'Announcement', hint: 'News about the round; it stays out of the public topics.' },
} as const
const isKind = (kind: string): kind is keyof typeof KINDS => Object.hasOwn(KINDS, kind)

/** GET and POST /console/campaigns/new: which round, which kind, which language. */
export function addNewPages(app: TypedApp, deps: ConsoleDeps): void {
  app.route({
    method: 'GET',
    url: '/console/campaigns/new',
    config: { allow: 'campaigns.write' },
    handler: async (request, reply) => showNew(deps, request, reply, { typed: undefined, faults: [] }),
  })

  app.route({
    method: 'POST',
    url: '/console/campaigns/new',
    config: { allow: 'campaigns.write', does: 'Begin a campaign' },
    schema: { body: Body },
    handler: async (request, reply) => {
      const { body } = request
      try {
        const id = await createOnce(deps, body, callerOf(request).name)
        return reply.redirect(writeHref(id, body.language, {}, { notice: 'created' }), 303)
      } catch (error) {
        const faults = faultsOf(error)
        if (!faults) throw error
        return showNew(deps, request, reply.status(422), { typed: body, faults })
      }
    },
  })
}

async function createOnce(deps: ConsoleDeps, body: Body, caller: string): Promise<number> {
  const { round, kind, language, subject = '', form_key } = body
  if (!isKind(kind)) throw new InvalidInput([{ field: 'kind', message: 'Choose a kind.' }])
  const key = isFormKey(form_key) ? form_key : newFormKey()
  const id = await doOnce(deps, { caller, key }, async (tx) =>
    String(
      await insertDraft(tx, { round, kind, language, subject: subject.replaceAll('\0', '').toWellFormed() }, caller),
    ),
  )
  return Number(id)
}

function faultsOf(error: unknown): FieldFault[] | undefined {
  if (error instanceof NotFound) return [{ field: 'round', message: 'Choose a round that is there.' }]
  return error instanceof InvalidInput ? error.faults : undefined
}

async function showNew(
  deps: ConsoleDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  { typed, faults }: { typed: Body | undefined; faults: FieldFault[] },
): Promise<FastifyReply> {
  const [rounds, { languages }, current] = await Promise.all([
    listRoundRows(deps.db),
    getProgramme(deps.db),
    deps.shell.currentRound(request),
  ])
  const round = typed?.round ?? current?.code
  const language = typed?.language ?? languages[0]
  const kind = typed?.kind ?? 'topic'
  const model = {
    faults,
    form_key: newFormKey(),
    rounds: rounds.map(({ code, name }) => ({ code, name, chosen: code === round })),
    kinds: Object.entries(KINDS).map(([value, words]) => ({ value, ...words, chosen: value === kind })),
    languages: languages.map((tag) => ({ tag, name: nameLanguage(tag), chosen: tag === language })),
    subject: typed?.subject ?? '',
    subject_fault: faultOf(faults, 'subject'),
  }
  return deps.shell.show(reply, 'write/new', { title: 'New topic email', nav: 'campaigns' }, model)
}
