import { Type } from '@fastify/type-provider-typebox'
import { planSync, readConnection, startSync } from '../../features/mailchimp/index.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import type { ConsoleDeps } from '../shell.ts'
import { gatherSync } from './gather.ts'
import { presentPlan } from './present-plan.ts'
import { titleOf } from './present-sync.ts'
import { MAILCHIMP, readerOf, showPage } from './show.ts'
import { stageOf } from './stage.ts'

const SyncForm = Type.Object({
  /** Reads everything there first. */
  whole: Type.Optional(Type.String({ maxLength: 10 })),
  /** Reads, and writes nothing. */
  check: Type.Optional(Type.String({ maxLength: 10 })),
})

/** What a sync would do, the button that begins one, and how far it is. */
export function addSyncPages(app: TypedApp, deps: ConsoleDeps): void {
  app.route({
    method: 'GET',
    url: `${MAILCHIMP}/plan`,
    config: { allow: 'mailchimp.read', does: 'Look at what a sync with Mailchimp would do', audited: true },
    handler: async (request, reply) => {
      const connection = await readConnection(deps)
      if (!connection) return reply.redirect(MAILCHIMP, 303)
      const model = presentPlan(await planSync(deps), stageOf(connection), readerOf(deps, request))
      return showPage(deps, reply, 'plan', { title: 'What a sync would do' }, model)
    },
  })

  app.route({
    method: 'POST',
    url: `${MAILCHIMP}/sync`,
    config: { allow: 'mailchimp.write', does: 'Sync with Mailchimp' },
    schema: { body: SyncForm },
    handler: async ({ body }, reply) => {
      const dry_run = body.check === 'yes'
      await startSync(deps, { whole: dry_run || body.whole === 'yes', dry_run })
      return reply.redirect(`${MAILCHIMP}?notice=started`, 303)
    },
  })

  app.route({
    method: 'GET',
    url: `${MAILCHIMP}/progress`,
    config: { allow: 'mailchimp.read' },
    handler: async (request, reply) => {
      const sync = await gatherSync(deps, request, await readConnection(deps))
      return deps.shell.showPart(reply, 'mailchimp/_polled', { title: titleOf(sync), sync })
    },
  })
}
