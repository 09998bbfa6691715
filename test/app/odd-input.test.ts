import { expect, test } from 'vitest'
import { openTestDeps, TEST_TOKEN } from '../support/deps.ts'
import { addressOf, listOwnRoutes, openWholeApp } from './routes.ts'

const ODD_IDS = [
  '0',
  '-1',
  '1.5',
  '9007199254740993',
  '99999999999999999999',
  '%00',
  'a%00b',
  '%F0%9F%93%9A',
  "1'--",
  '..',
]
const ODD_QUERIES = [
  '?after=%00',
  '?after=-1&limit=0',
  '?limit=1e9',
  '?after=99999999999999999999&state=x',
  '?after[]=1',
  '?state=a&state=b',
]
const ODD_BODIES = [
  '',
  '{',
  'null',
  '[]',
  '"text"',
  '7',
  '{}',
  '{"__proto__": {"role": "director"}}',
  '{"name": "a\\u0000b", "code": "a\\u0000", "round": "\\u0000", "subject": "\\u0000", "to": "\\u0000@x.example"}',
  '{"name": "\\ud800", "code": {"a": 1}, "round": ["2016A"], "at": "2016-02-30T99:00:00Z"}',
  JSON.stringify({ name: 'x'.repeat(100_000), code: 'x'.repeat(100_000), limits: '9'.repeat(1000) }),
]

test('whatever is sent, the answer is a refusal in words and never a failure of ours', {
  timeout: 120_000,
}, async () => {
  const app = await openWholeApp(await openTestDeps())
  const headers = { host: 'localhost', authorization: `Bearer ${TEST_TOKEN}` }
  for (const route of listOwnRoutes(app)) {
    if (route.url === '/readyz') continue
    const places = route.url.includes(':') ? ODD_IDS : ['']
    const calls =
      route.method === 'GET'
        ? [...places.map((id) => ({ id, query: '' })), ...ODD_QUERIES.map((query) => ({ id: '1', query }))]
        : places.map((id) => ({ id, query: '' }))
    for (const { id, query } of calls) {
      const names = Object.fromEntries([...route.url.matchAll(/:(\w+)/g)].map((match) => [match[1], id]))
      const url = addressOf(route, names) + query
      const payloads = route.method === 'GET' || route.method === 'DELETE' ? [undefined] : ODD_BODIES
      for (const payload of id === '' || id === '1' || id === '0' ? payloads : payloads.slice(-1)) {
        const answer = await app.inject({
          method: route.method as 'POST',
          url,
          headers: payload === undefined ? headers : { ...headers, 'content-type': 'application/json' },
          ...(payload === undefined ? {} : { payload }),
        })
        const asked = `${route.method} ${url} ${payload?.slice(0, 80) ?? ''}: ${answer.body.slice(0, 200)}`
        expect(answer.statusCode, asked).toBeLessThan(500)
        if (answer.statusCode >= 400 && route.url.startsWith('/api/')) {
          expect(answer.headers['content-type'], asked).toContain('application/problem+json')
          expect(answer.json(), asked).toMatchObject({ code: expect.any(String), detail: expect.any(String) })
        }
      }
    }
  }
})
