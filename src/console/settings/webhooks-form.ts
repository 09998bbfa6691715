import { type Static, Type } from '@fastify/type-provider-typebox'
import type { FastifyReply } from 'fastify'
import { createWebhook, getWebhook, NEWS, removeWebhook } from '../../features/webhooks/index.ts'
import { type FieldFault, InvalidInput, NotFound } from '../../lib/errors.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import type { ConsoleDeps } from '../shell.ts'
import { zoneOf } from './caller.ts'
import { presentField } from './form.ts'
import { presentNews, presentWebhook, WEBHOOKS } from './webhooks-present.ts'

/** Sends a page of the webhooks' tab. */
export type ShowWebhookPage = (
  reply: FastifyReply,
  page: string,
  title: string,
  model: object,
  notice?: string,
) => Promise<FastifyReply>

const Form = Type.Object({
  url: Type.String({ default: '' }),
  types: Type.Array(Type.String(), { default: [], maxItems: 100 }),
})
const Id = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })

/** Adding a webhook, whose secret is shown on the answer alone, and removing one after a question. */
export function addWebhookForms(app: TypedApp, deps: ConsoleDeps, show: ShowWebhookPage): void {
  const showForm = (reply: FastifyReply, typed: Static<typeof Form>, faults: FieldFault[]) => {
    const hint = 'Such as https://example.org/pairpost. It must be reachable from the public internet.'
    const url = presentField({ name: 'url', label: 'Address', value: typed.url, type: 'url', hint }, faults)
    return show(reply, 'new-webhook', 'New webhook', { faults, url, ...presentNews(typed.types, faults) })
  }

  app.route({
    method: 'GET',
    url: `${WEBHOOKS}/new`,
    config: { allow: 'webhooks.write' },
    handler: (_request, reply) => showForm(reply, { url: '', types: [...NEWS] }, []),
  })

  app.route({
    method: 'POST',
    url: WEBHOOKS,
    config: { allow: 'webhooks.write', does: 'Add a webhook' },
    schema: { body: Form },
    handler: async ({ body, caller }, reply) => {
      try {
        const { id, url, secret } = await createWebhook(deps, { ...body, by: caller?.name ?? '' })
        // The answer is the only place where the secret ever stands: not in an address, not in a session.
        reply.status(201).header('cache-control', 'no-store')
        return await show(reply, 'made-webhook', 'Your new webhook', { url, secret, href: `${WEBHOOKS}/${id}` })
      } catch (error) {
        if (error instanceof InvalidInput) return showForm(reply.status(422), body, error.faults)
        throw error
      }
    },
  })

  app.route({
    method: 'GET',
    url: `${WEBHOOKS}/:id/remove`,
    config: { allow: 'webhooks.write' },
    schema: { params: Id },
    handler: async ({ params }, reply) => {
      const webhook = presentWebhook(await getWebhook(deps, params), zoneOf(reply.request))
      return show(reply, 'remove-webhook', 'Remove a webhook', { webhook })
    },
  })

  app.route({
    method: 'POST',
    url: `${WEBHOOKS}/:id/remove`,
    config: { allow: 'webhooks.write', does: 'Remove a webhook' },
    schema: { params: Id },
    handler: async ({ params }, reply) => {
      await removeWebhook(deps, params).catch(ignoreSecondPress)
      return reply.redirect(`${WEBHOOKS}?notice=removed`, 303)
    },
  })
}

/** Of two presses, the second finds it gone: what was wanted. */
function ignoreSecondPress(error: unknown): void {
  if (!(error instanceof NotFound)) throw error
}
