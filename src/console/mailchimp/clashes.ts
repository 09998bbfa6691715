import { Type } from '@fastify/type-provider-typebox'
import { keepSide, listClashes } from '../../features/mailchimp/index.ts'
import { Conflict } from '../../lib/errors.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { readStaffNames } from '../participants/sources.ts'
import type { ConsoleDeps } from '../shell.ts'
import { presentClash } from './present-rows.ts'
import { MAILCHIMP, readerOf, showPage } from './show.ts'

const PAGE = 50
const HOME = `${MAILCHIMP}/clashes`
const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
const Query = Type.Object({ before: Type.Optional(Id), notice: Type.Optional(Type.String({ maxLength: 40 })) })
const KeepForm = Type.Object({ side: Type.Union([Type.Literal('ours'), Type.Literal('theirs')]) })

const NOTICES: Record<string, string> = {
  ours: 'Ours is kept; the next sync brings it there.',
  theirs: 'Mailchimp’s is kept, here too.',
  not_acceptable: 'That value cannot stand here, so nothing was changed. Correct the name on the person’s own page.',
  clash_overtaken: 'It was changed again since, so nothing was done. Look at the person’s own page.',
  person_erased: 'What we held about this person was erased: nothing is left to decide.',
}

/** What was changed on both sides; the other one can be kept instead. */
export function addClashPages(app: TypedApp, deps: ConsoleDeps): void {
  app.route({
    method: 'GET',
    url: HOME,
    config: { allow: 'mailchimp.read', does: 'Look at clashes with Mailchimp', audited: true },
    schema: { querystring: Query },
    handler: async (request, reply) => {
      const { before, notice = '' } = request.query
      const reader = readerOf(deps, request)
      const [{ items, next }, staff] = await Promise.all([
        listClashes(deps, { before, limit: PAGE }),
        readStaffNames(deps.db),
      ])
      const head = { title: 'Changed on both sides', notice: NOTICES[notice] }
      return showPage(deps, reply, 'clashes', head, {
        rows: items.map((row) => presentClash(row, { reader, staff })),
        pager: {
          next: next === null ? '' : `${HOME}?before=${next}`,
          first: before === undefined ? '' : HOME,
        },
        paged: next !== null || before !== undefined,
      })
    },
  })

  app.route({
    method: 'POST',
    url: `${HOME}/:id/keep`,
    config: { allow: 'mailchimp.write', does: 'Decide a clash with Mailchimp' },
    schema: { params: Type.Object({ id: Id }), body: KeepForm },
    handler: async ({ params, body, caller }, reply) => {
      const by = caller?.name ?? ''
      const notice = await keepSide(deps, { ...params, ...body, by }).then(() => body.side, sayConflict)
      return reply.redirect(`${HOME}?notice=${notice}`, 303)
    },
  })
}

/** Said above the list, where the way to the person is. */
function sayConflict(error: unknown): string {
  if (error instanceof Conflict && Object.hasOwn(NOTICES, error.code)) return error.code
  throw error
}
