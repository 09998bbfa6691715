import { Readable } from 'node:stream'
import { gunzipSync } from 'node:zlib'
import { extract } from 'tar-stream'
import { expect, test } from 'vitest'
import { openTestMailchimp } from '../../../support/mailchimp.ts'
import { callFake, newMembers } from './calls.ts'

interface Result {
  status_code: number
  operation_id: string
  response: string
}

async function readResults(url: string): Promise<Result[][]> {
  const answer = await fetch(url)
  const archive = Readable.from(gunzipSync(Buffer.from(await answer.arrayBuffer()))).pipe(extract())
  const files: Result[][] = []
  for await (const entry of archive) {
    let text = ''
    for await (const part of entry) text += part
    if (entry.header.type === 'file') files.push(JSON.parse(text) as Result[])
  }
  return files
}

test('operations run in the background, and their results lie in an archive', async () => {
  const fake = await openTestMailchimp()
  const operations = Array.from({ length: 300 }, (_, at) => ({
    ...{ operation_id: `add ${at}`, method: 'POST', path: '/lists/aaaaaaaaaa' },
    body: JSON.stringify({ members: newMembers(2, at * 2) }),
  }))
  operations.push({ operation_id: 'gone', method: 'DELETE', path: '/lists/aaaaaaaaaa/members/0', body: '' })
  const { body } = await callFake(fake, 'POST /batches', { operations })
  expect(body).toMatchObject({
    status: 'pending',
    total_operations: 301,
    finished_operations: 0,
    response_body_url: '',
  })
  await fake.batchesDone()
  const done = await callFake(fake, `GET /batches/${body.id}`)
  expect(done.body).toMatchObject({ status: 'finished', finished_operations: 301, errored_operations: 1 })
  expect(fake.members()).toHaveLength(600)

  const files = await readResults(done.body.response_body_url)
  expect(files.map((file) => file.length)).toEqual([250, 51])
  const results = files.flat()
  expect(JSON.parse(results[7]?.response ?? '')).toMatchObject({ total_created: 2 })
  expect(results.at(-1)).toMatchObject({ operation_id: 'gone', status_code: 404 })
  expect(fake.writes).toBe(1)
  expect(fake.calls.filter((call) => call.in_batch)).toHaveLength(301)

  fake.faults.next('/results/{batch_id}', 'html')
  expect((await fetch(done.body.response_body_url)).status).toBe(503)
  expect((await callFake(fake, `DELETE /batches/${body.id}`)).status).toBe(204)
  expect((await fetch(done.body.response_body_url)).status).toBe(403)
})

test('1,001 operations are one too many', async () => {
  const fake = await openTestMailchimp()
  const operations = Array.from({ length: 1001 }, () => ({ method: 'GET', path: '/ping' }))
  expect((await callFake(fake, 'POST /batches', { operations })).status).toBe(400)
  expect((await callFake(fake, 'POST /batches', { operations: operations.slice(1) })).status).toBe(200)
})

test('a batch is one too many while 500 are open; held ones begin when asked to', async () => {
  const fake = await openTestMailchimp({ batchesHeld: true })
  const operations = [{ method: 'GET', path: '/ping' }]
  for (let at = 0; at < 500; at++) await callFake(fake, 'POST /batches', { operations })
  expect((await callFake(fake, 'POST /batches', { operations })).status).toBe(429)
  await fake.batchesDone()
  expect((await callFake(fake, 'POST /batches', { operations })).status).toBe(200)
  expect((await callFake(fake, 'GET /batches?count=1000')).body.total_items).toBe(501)
})
