import { Type } from '@fastify/type-provider-typebox'
import { measureDrift, readConnection } from '../../features/mailchimp/index.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { formatCount } from '../present/numbers.ts'
import { presentTime } from '../present/time.ts'
import type { ConsoleDeps } from '../shell.ts'
import { presentDrifting } from './present-plan.ts'
import { MAILCHIMP, readerOf, showPage } from './show.ts'
import { isBegun, stageOf } from './stage.ts'
import { people, sayInStep } from './words.ts'

const PAGE = 50
const Query = Type.Object({ after: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })) })

/** GET /console/settings/mailchimp/drift: people of whom the two sides do not agree. */
export function addDriftPage(app: TypedApp, deps: ConsoleDeps): void {
  app.route({
    method: 'GET',
    url: `${MAILCHIMP}/drift`,
    config: { allow: 'mailchimp.read', does: 'Look at what differs from Mailchimp', audited: true },
    schema: { querystring: Query },
    handler: async (request, reply) => {
      const connection = await readConnection(deps)
      if (!connection) return reply.redirect(MAILCHIMP, 303)
      const { after } = request.query
      const reader = readerOf(deps, request)
      const found = await measureDrift(deps, { after, limit: PAGE })
      const { read_at, here, there, in_step, drift, others_there, items, next } = found
      return showPage(
        deps,
        reply,
        'drift',
        { title: 'What differs from Mailchimp' },
        {
          sentence: `${sayInStep(in_step)}; ${drift === 0 ? 'nobody differs' : `${people(drift)} ${drift === 1 ? 'differs' : 'differ'}`}.`,
          read: read_at && presentTime(read_at, reader.zone),
          here: formatCount(here),
          there: formatCount(there),
          others: others_there === null ? 'not read yet' : formatCount(others_there),
          rows: items.map((item) => presentDrifting(item, reader)),
          is_begun: isBegun(stageOf(connection)),
          pager: {
            next: next === null ? '' : `${MAILCHIMP}/drift?after=${next}`,
            first: after === undefined ? '' : `${MAILCHIMP}/drift`,
          },
          paged: next !== null || after !== undefined,
        },
      )
    },
  })
}
