import { Type } from '@fastify/type-provider-typebox'
import type { FastifyReply } from 'fastify'
import {
  getWebhook,
  listWebhookMessages,
  listWebhooks,
  resendWebhookMessage,
  testWebhook,
  updateWebhook,
} from '../../features/webhooks/index.ts'
import { type FieldFault, InvalidInput } from '../../lib/errors.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { presentZone } from '../present/time.ts'
import type { ConsoleDeps } from '../shell.ts'
import { roleOf, zoneOf } from './caller.ts'
import { settingsTabs } from './tabs.ts'
import { addWebhookForms, type ShowWebhookPage } from './webhooks-form.ts'
import { presentMessage, presentNews, presentWebhook, WEBHOOKS } from './webhooks-present.ts'

const PAGE = 50
const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
const Params = Type.Object({ id: Id })
const Notice = Type.Object({ notice: Type.Optional(Type.String()), before: Type.Optional(Id) })

const NOTICES: Record<string, string> = {
  removed: 'The webhook is removed.',
  saved: 'Saved. It holds for what happens from now on.',
  stopped: 'Stopped. It is told nothing until you enable it again.',
  enabled: 'Enabled. What waited meanwhile is sent now.',
  again: 'The message is sent again within seconds, under the id it had.',
  test_delivered: 'The test was delivered.',
  test_failed: 'The test was not delivered: the first line of the log says why.',
}

/** /console/settings/webhooks: which services are told what, and the log of each. */
export function addWebhookPages(app: TypedApp, deps: ConsoleDeps): void {
  const show: ShowWebhookPage = (reply, page, title, model, notice) => {
    const tabs = settingsTabs(roleOf(reply.request), 'webhooks')
    return deps.shell.show(reply, `settings/${page}`, { title, nav: 'settings', notice }, { tabs, ...model })
  }

  app.route({
    method: 'GET',
    url: WEBHOOKS,
    config: { allow: 'webhooks.read' },
    schema: { querystring: Notice },
    handler: async ({ query }, reply) => {
      const zone = zoneOf(reply.request)
      const webhooks = (await listWebhooks(deps)).map((row) => presentWebhook(row, zone))
      const model = { webhooks, zone: presentZone(zone, deps.clock.now()) }
      return show(reply, 'webhooks', 'Webhooks', model, NOTICES[query.notice ?? ''])
    },
  })

  addWebhookForms(app, deps, show)
  addWebhookPage(app, deps, show)
  addWebhookActions(app, deps)
}

function addWebhookPage(app: TypedApp, deps: ConsoleDeps, show: ShowWebhookPage): void {
  async function showOne(
    reply: FastifyReply,
    { id, before }: { id: number; before?: number | undefined },
    said: { types?: readonly string[]; faults: FieldFault[]; notice?: string | undefined },
  ) {
    const zone = zoneOf(reply.request)
    const [row, { items, next }] = await Promise.all([
      getWebhook(deps, { id }),
      listWebhookMessages(deps, { id, before, limit: PAGE }),
    ])
    const webhook = presentWebhook(row, zone)
    const model = {
      webhook,
      faults: said.faults,
      ...presentNews(said.types ?? row.types, said.faults),
      messages: items.map((message) => presentMessage(message, { webhook: row, zone })),
      pager: {
        next: next === null ? '' : `${webhook.href}?before=${next}`,
        first: before === undefined ? '' : webhook.href,
      },
      zone: presentZone(zone, deps.clock.now()),
    }
    return show(reply, 'webhook', 'Webhook', model, said.notice)
  }

  app.route({
    method: 'GET',
    url: `${WEBHOOKS}/:id`,
    config: { allow: 'webhooks.read' },
    schema: { params: Params, querystring: Notice },
    handler: ({ params, query }, reply) =>
      showOne(reply, { ...params, before: query.before }, { faults: [], notice: NOTICES[query.notice ?? ''] }),
  })

  app.route({
    method: 'POST',
    url: `${WEBHOOKS}/:id`,
    config: { allow: 'webhooks.write', does: 'Change what a webhook is told' },
    schema: { params: Params, body: Type.Object({ types: Type.Array(Type.String(), { default: [], maxItems: 100 }) }) },
    handler: async ({ params, body }, reply) => {
      try {
        await updateWebhook(deps, { ...params, types: body.types })
      } catch (error) {
        if (!(error instanceof InvalidInput)) throw error
        return showOne(reply.status(422), params, { types: body.types, faults: error.faults })
      }
      return reply.redirect(`${WEBHOOKS}/${params.id}?notice=saved`, 303)
    },
  })
}

function addWebhookActions(app: TypedApp, deps: ConsoleDeps): void {
  for (const [path, enabled, notice, does] of [
    ['stop', false, 'stopped', 'Stop a webhook'],
    ['enable', true, 'enabled', 'Enable a webhook again'],
  ] as const)
    app.route({
      method: 'POST',
      url: `${WEBHOOKS}/:id/${path}`,
      config: { allow: 'webhooks.write', does },
      schema: { params: Params },
      handler: async ({ params }, reply) => {
        await updateWebhook(deps, { ...params, enabled })
        return reply.redirect(`${WEBHOOKS}/${params.id}?notice=${notice}`, 303)
      },
    })

  app.route({
    method: 'POST',
    url: `${WEBHOOKS}/:id/test`,
    config: { allow: 'webhooks.write', does: 'Test a webhook' },
    schema: { params: Params },
    handler: async ({ params }, reply) => {
      const { state } = await testWebhook(deps, params)
      return reply.redirect(
        `${WEBHOOKS}/${params.id}?notice=test_${state === 'delivered' ? 'delivered' : 'failed'}`,
        303,
      )
    },
  })

  app.route({
    method: 'POST',
    url: `${WEBHOOKS}/:id/messages/:message_id/resend`,
    config: { allow: 'webhooks.write', does: 'Send a message of a webhook again' },
    schema: { params: Type.Object({ id: Id, message_id: Id }) },
    handler: async ({ params }, reply) => {
      await resendWebhookMessage(deps, params)
      return reply.redirect(`${WEBHOOKS}/${params.id}?notice=again`, 303)
    },
  })
}
