import type { TypedApp } from '../../platform/http/typed-app.ts'
import {
  createWebhook,
  type EndpointDeps,
  getWebhook,
  listWebhooks,
  removeWebhook,
  updateWebhook,
} from './endpoints.ts'
import { listWebhookMessages, resendWebhookMessage, testWebhook } from './messages.ts'
import { MessageId, MessagePage, NewWebhook, WebhookChange, WebhookId } from './schema.ts'
import type { SendWebhookDeps } from './send.ts'

const tags = ['Webhooks']

/** Other services that are told what happens, and the log of what they were told. */
export function addWebhookRoutes(app: TypedApp, deps: EndpointDeps & SendWebhookDeps): void {
  addEndpointRoutes(app, deps)
  addMessageRoutes(app, deps)
}

function addEndpointRoutes(app: TypedApp, deps: EndpointDeps): void {
  app.route({
    method: 'GET',
    url: '/webhooks',
    config: { allow: 'webhooks.read' },
    schema: { tags, summary: 'Webhooks with what waits and what has failed; disabled ones say why' },
    handler: async () => ({ items: await listWebhooks(deps), next: null }),
  })

  app.route({
    method: 'POST',
    url: '/webhooks',
    config: { allow: 'webhooks.write', secretAnswer: true },
    schema: {
      tags,
      summary: 'Add a webhook',
      description:
        'The answer is the only time its secret is shown, also when an Idempotency-Key is repeated. Messages are signed by it as in the Standard Webhooks specification; each comes at least once and in no promised order, and keeps its webhook-id.',
      body: NewWebhook,
    },
    handler: async ({ body, caller }, reply) =>
      reply.status(201).send(await createWebhook(deps, { ...body, by: caller?.name ?? '' })),
  })

  app.route({
    method: 'GET',
    url: '/webhooks/:id',
    config: { allow: 'webhooks.read' },
    schema: { tags, summary: 'One webhook', params: WebhookId },
    handler: ({ params }) => getWebhook(deps, params),
  })

  app.route({
    method: 'PATCH',
    url: '/webhooks/:id',
    config: { allow: 'webhooks.write' },
    schema: {
      tags,
      summary: 'Change what a webhook is told, stop it or enable it again',
      params: WebhookId,
      body: WebhookChange,
    },
    handler: ({ params, body }) => updateWebhook(deps, { ...params, ...body }),
  })

  app.route({
    method: 'DELETE',
    url: '/webhooks/:id',
    config: { allow: 'webhooks.write' },
    schema: { tags, summary: 'Remove a webhook with its log', params: WebhookId },
    handler: async ({ params }, reply) => {
      await removeWebhook(deps, params)
      return reply.status(204).send()
    },
  })
}

function addMessageRoutes(app: TypedApp, deps: EndpointDeps & SendWebhookDeps): void {
  app.route({
    method: 'POST',
    url: '/webhooks/:id/test',
    config: { allow: 'webhooks.write' },
    schema: {
      tags,
      summary: 'Send a message of the type webhook.test now, once, and say what came of it',
      params: WebhookId,
    },
    handler: ({ params }) => testWebhook(deps, params),
  })

  app.route({
    method: 'GET',
    url: '/webhooks/:id/messages',
    config: { allow: 'webhooks.read' },
    schema: {
      tags,
      summary: 'What a webhook was told in the last 30 days, the newest first',
      description: 'Pass `next` as `before` for the older ones.',
      params: WebhookId,
      querystring: MessagePage,
    },
    handler: ({ params, query }) => listWebhookMessages(deps, { ...params, ...query }),
  })

  app.route({
    method: 'POST',
    url: '/webhooks/:id/messages/:message_id/resend',
    config: { allow: 'webhooks.write' },
    schema: { tags, summary: 'Send a message again, under its webhook-id', params: MessageId },
    handler: ({ params }) => resendWebhookMessage(deps, params),
  })
}
