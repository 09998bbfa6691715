import { expect, test } from 'vitest'
import { openTestDeps } from '../support/deps.ts'
import { listOwnRoutes, openWholeApp } from './routes.ts'

interface Operation {
  summary?: string
  description?: string
  tags?: string[]
  security?: object[]
  responses: Record<string, { content?: Record<string, unknown> }>
  parameters: { name: string; in: string }[]
  operationId?: string
}

test('the document is OpenAPI 3.1 and needs no token', async () => {
  const { document } = await open()
  expect(document.openapi).toBe('3.1.0')
  expect(document.info).toMatchObject({ title: 'Pairpost', version: expect.stringMatching(/^\d+\.\d+\.\d+$/) })
  expect(document.components.securitySchemes).toMatchObject({ token: { type: 'http', scheme: 'bearer' } })
})

test('every route of the API is in it, and nothing else', async () => {
  const { app, operations } = await open()
  const registered = listOwnRoutes(app)
    .filter(({ url }) => url.startsWith('/api/v1/'))
    .map(({ method, url }) => `${method} ${url.replaceAll(/:(\w+)/g, '{$1}')}`)
  expect(registered.length).toBeGreaterThan(20)
  expect([...operations.keys()].sort()).toEqual(registered.sort())
})

test('every operation says what it does, who may, and how it fails', async () => {
  const { operations } = await open()
  for (const [name, operation] of operations) {
    expect(operation.summary?.length, name).toBeGreaterThan(5)
    const isMailchimps = name.endsWith('/webhooks/mailchimp/{secret}')
    expect(operation.description, name).toMatch(
      isMailchimps ? /Permission: none needed/ : /Permission: `\w+\.(read|write|people)` \((director|data officer)/,
    )
    expect(operation.security, name).toEqual(isMailchimps ? [] : [{ token: [] }])
    expect(operation.tags, name).toHaveLength(1)
    expect(Object.keys(operation.responses.default?.content ?? {}), name).toEqual(['application/problem+json'])
  }
})

test('an unsafe operation takes an Idempotency-Key, a safe one does not', async () => {
  const { operations } = await open()
  for (const [name, { parameters }] of operations) {
    const takes = parameters.some((parameter) => parameter.in === 'header' && parameter.name === 'Idempotency-Key')
    expect(takes, name).toBe(!name.startsWith('GET '))
  }
})

test('every reference in it leads somewhere', async () => {
  const { document } = await open()
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1] as string)
  for (const reference of new Set(references)) {
    const steps = reference.replace('#/', '').split('/')
    const target = steps.reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], document)
    expect(target, reference).toBeDefined()
  }
})

test('the readable docs load nothing from another host', async () => {
  const { app } = await open()
  const page = await app.inject('/api/docs')
  expect(page.statusCode).toBe(200)
  const sources = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] as string)
  expect(sources.length).toBeGreaterThan(2)
  for (const source of sources) {
    expect(source).toMatch(/^\//)
    expect((await app.inject(source)).statusCode, source).toBe(200)
  }
  expect(page.headers['content-security-policy']).toContain("script-src 'self';")
  expect(page.body).not.toMatch(/<script(?![^>]*src=)/)
  expect((await app.inject('/api/docs/json')).json().openapi).toBe('3.1.0')
})

async function open() {
  const app = await openWholeApp(await openTestDeps())
  const document = (await app.inject('/api/openapi.json')).json()
  const operations = new Map<string, Operation>()
  for (const [path, methods] of Object.entries<Record<string, Operation>>(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      operations.set(`${method.toUpperCase()} ${path}`, operation)
    }
  }
  return { app, document, operations }
}
