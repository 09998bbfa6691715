import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { pack } from 'tar-stream'
import { expect, test } from 'vitest'
import { eachElement } from '../../../src/platform/mailchimp/elements.ts'
import type { Batch } from '../../../src/platform/mailchimp/index.ts'
import { type Answer, failureOf, openAccount } from './server.ts'

async function archiveOf(files: Record<string, string>): Promise<Buffer> {
  const archive = pack()
  archive.entry({ name: './', type: 'directory' })
  for (const [name, content] of Object.entries(files)) archive.entry({ name }, content)
  archive.finalize()
  const parts: Buffer[] = []
  for await (const part of archive) parts.push(part as Buffer)
  return gzipSync(Buffer.concat(parts))
}

const result = (operation_id: string, response: unknown = {}) => ({
  status_code: 200,
  operation_id,
  response: JSON.stringify(response),
})

function batchAt(response_body_url: string | null): Batch {
  const counts = { total_operations: 1, finished_operations: 1, errored_operations: 0 }
  return { id: 'b1', status: 'finished', ...counts, response_body_url }
}

/** A store that answers so, and what reading its results ends in. */
async function open(answer: Answer, options = {}) {
  const { mailchimp, origin, asked, state } = await openAccount(answer, options)
  const read = async () => {
    const found = []
    for await (const one of mailchimp.eachResult(batchAt(`${origin}/results.tar.gz?signed=1`))) found.push(one)
    return found
  }
  return { mailchimp, origin, asked, state, read }
}

test('results of several files are read in order, and the key is not sent', async () => {
  const archive = await archiveOf({
    'a.json': JSON.stringify([result('1', { id: 'x' }), { status_code: 204, operation_id: '2', response: '' }]),
    'b.json': JSON.stringify([result('3'), { status_code: 500, operation_id: '4', response: '<html>' }]),
    'c.json': '[]',
  })
  const { read, asked, mailchimp } = await open((response) => void response.end(archive))
  expect(await read()).toEqual([
    { operation_id: '1', status_code: 200, response: { id: 'x' } },
    { operation_id: '2', status_code: 204, response: null },
    { operation_id: '3', status_code: 200, response: {} },
    { operation_id: '4', status_code: 500, response: null },
  ])
  expect(asked[0]?.headers.authorization).toBeUndefined()
  expect(mailchimp.calls.count).toBe(0)
})

test('whoever stops reading leaves no connection behind', async () => {
  const many = Array.from({ length: 20_000 }, (_, at) => result(String(at), { filler: `${Math.random()}`.repeat(10) }))
  const archive = await archiveOf({ 'a.json': JSON.stringify(many) })
  const { mailchimp, origin, state } = await open((response) => void response.write(archive))
  for await (const { operation_id } of mailchimp.eachResult(batchAt(`${origin}/r`))) if (operation_id === '5') break
  await expect.poll(() => state.closed).toBe(1)
})

const whole = await archiveOf({ 'a.json': JSON.stringify([result('1'), result('2')]) })
const half = gzipSync(Buffer.alloc(700, 'x'))

test.each<[string, Answer]>([
  ['a page', (response) => void response.end('<html>')],
  ['nothing', (response) => void response.end()],
  ['an error of the store', (response) => void response.writeHead(403).end('<Error>Expired</Error>')],
  ['a packed archive that is cut', (response) => void response.end(whole.subarray(0, whole.length - 30))],
  ['something packed that is no archive', (response) => void response.end(half)],
  [
    'a connection that breaks',
    (response) => {
      response.writeHead(200, { 'content-length': String(whole.length) })
      response.write(whole.subarray(0, 50))
      setTimeout(() => response.socket?.destroy(), 5)
    },
  ],
  ['no connection', (response) => void response.socket?.resetAndDestroy()],
  ['a redirect', (response) => void response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end()],
  ['never an answer', () => undefined],
  ['an answer that stops', (response) => void response.write(whole.subarray(0, 50))],
])('%s is told and may be asked for again', async (_name, answer) => {
  const { read } = await open(answer, { resultsTimeoutMs: 300 })
  const error = await failureOf(read())
  expect(error).toMatchObject({ code: 'mailchimp_unreachable', retryable: true })
  expect(error.message).toMatch(/^The results of a batch cannot be read: /)
})

test.each([
  'not JSON',
  '{"a":1}',
  '[{"operation_id":"1","status_code":200,"response":"{}"}',
  '[{"a":1}]',
  '[{]}]',
  '[1,2]',
  '["a"]',
  '[[],{}]',
  '[{}][{}]',
  '[{"a":ann@iln.example}]',
])('a file with %s in it is told', async (content) => {
  const archive = await archiveOf({ 'a.json': content })
  const { read } = await open((response) => void response.end(archive))
  const error = await failureOf(read())
  expect(error.code).toBe('mailchimp_unreachable')
  expect(error.message).not.toContain('ann@')
})

test('results are fetched by https only, but for tests', async () => {
  const { mailchimp } = await open(() => undefined)
  for (const url of ['ftp://127.0.0.1/x', 'file:///etc/passwd', 'nonsense', null]) {
    const read = async () => {
      for await (const _ of mailchimp.eachResult(batchAt(url))) break
    }
    expect(await failureOf(read())).toMatchObject({ code: 'mailchimp_unreachable' })
  }
})

test('objects of an array come out as they went in, however the octets are cut', async () => {
  const array = fc.array(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })), { maxLength: 6 })
  await fc.assert(
    fc.asyncProperty(
      array,
      fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }),
      fc.boolean(),
      async (items, cuts, isWide) => {
        const octets = Buffer.from(JSON.stringify(items, null, isWide ? 2 : 0))
        const parts = async function* () {
          for (let at = 0, turn = 0; at < octets.length; turn++) {
            const length = cuts[turn % cuts.length] as number
            yield octets.subarray(at, at + length)
            at += length
          }
        }
        const found = []
        for await (const item of eachElement(parts(), 1e6)) found.push(item)
        expect(found).toEqual(JSON.parse(JSON.stringify(items)))
      },
    ),
  )
})

test('one object that is too long is refused before it is held whole', async () => {
  let given = 0
  const parts = async function* () {
    yield Buffer.from('[{"a":"')
    for (;;) {
      given += 1000
      yield Buffer.alloc(1000, 'x')
    }
  }
  const read = async () => {
    for await (const _ of eachElement(parts(), 10_000)) throw new Error('There is none.')
  }
  await expect(read()).rejects.toThrow('too long')
  expect(given).toBeLessThan(20_000)
})
