import { Type } from '@fastify/type-provider-typebox'
import { decideTrouble, listTroubles } from '../../features/mailchimp/index.ts'
import { Conflict, NotFound } from '../../lib/errors.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import type { ConsoleDeps } from '../shell.ts'
import { presentTrouble } from './present-rows.ts'
import { MAILCHIMP, readerOf, showPage } from './show.ts'

const PAGE = 50
const HOME = `${MAILCHIMP}/troubles`
/** MD5 of an address, as Mailchimp names contacts. */
const Hash = Type.String({ pattern: '^[0-9a-f]{32}$' })
const Query = Type.Object({ after: Type.Optional(Hash), notice: Type.Optional(Type.String({ maxLength: 40 })) })
const DecideForm = Type.Object({
  /** Not in the address, which is logged: it names a person. */
  hash: Hash,
  decision: Type.Union([Type.Literal('again'), Type.Literal('leave'), Type.Literal('accept_address')]),
})

const NOTICES: Record<string, string> = {
  again: 'The next sync tries it again.',
  leave: 'It stays as it is.',
  accept_address: 'The new address is theirs from now on, here too.',
  address_taken:
    'The new address belongs to somebody else here, so nothing was changed. Look for it under Participants: it may be the same person twice.',
  not_acceptable: 'The new address cannot be used, so nothing was changed. Ask them for another one.',
  no_address_asked: 'Mailchimp tells of no new address of this person any more: nothing was changed.',
  person_erased: 'What we held about this person was erased: nothing is left to decide.',
}

/** People whom a machine must not decide about. */
export function addTroublePages(app: TypedApp, deps: ConsoleDeps): void {
  app.route({
    method: 'GET',
    url: HOME,
    config: { allow: 'mailchimp.read', does: 'Look at people to see to in Mailchimp', audited: true },
    schema: { querystring: Query },
    handler: async (request, reply) => {
      const { after, notice = '' } = request.query
      const reader = readerOf(deps, request)
      const { items, next } = await listTroubles(deps, { after, limit: PAGE })
      const head = { title: 'People to see to in Mailchimp', notice: NOTICES[notice] }
      return showPage(deps, reply, 'troubles', head, {
        rows: items.map((row) => presentTrouble(row, reader)),
        pager: {
          next: next === null ? '' : `${HOME}?after=${next}`,
          first: after === undefined ? '' : HOME,
        },
        paged: next !== null || after !== undefined,
      })
    },
  })

  app.route({
    method: 'POST',
    url: HOME,
    config: { allow: 'mailchimp.write', does: 'Decide about a contact in Mailchimp' },
    schema: { body: DecideForm },
    handler: async ({ body, caller }, reply) => {
      const { hash, decision } = body
      const by = caller?.name ?? ''
      const notice = await decideTrouble(deps, { hash, decision, by }).then(() => decision, noticeOf(decision))
      return reply.redirect(`${HOME}?notice=${notice}`, 303)
    },
  })
}

/** Of two presses, the second finds it decided. A conflict is said above the list. */
function noticeOf(decision: string) {
  return (error: unknown): string => {
    if (error instanceof NotFound) return decision
    if (error instanceof Conflict && Object.hasOwn(NOTICES, error.code)) return error.code
    throw error
  }
}
