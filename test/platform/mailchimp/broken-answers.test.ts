import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { basePathOf } from '../../../src/platform/mailchimp/account.ts'
import { unreachable } from '../../../src/platform/mailchimp/faults.ts'
import { openMailchimp } from '../../../src/platform/mailchimp/index.ts'
import { REPEATED } from '../../../src/platform/mailchimp/repeats.ts'
import { silentLog } from '../../support/log.ts'
import { freePort } from '../../support/ports.ts'
import { type Answer, failureOf, KEY, openAccount, openTestDatabase, sendJson, sendProblem } from './server.ts'

const LISTS = { lists: [{ id: 'a1', name: 'Programme', stats: { member_count: 3 } }], total_items: 1 }

test('the key goes along in the header, and only there', async () => {
  const { mailchimp, asked } = await openAccount((response) => sendJson(response, LISTS))
  expect(await mailchimp.listLists()).toEqual([{ id: 'a1', name: 'Programme', member_count: 3 }])
  const [one] = asked
  expect(Buffer.from(String(one?.headers.authorization).slice(6), 'base64').toString()).toBe(`pairpost:${KEY}`)
  expect(`${one?.path}?${one?.query}`).not.toContain(KEY.slice(0, 32))
  expect(one?.headers.connection).toBe('close')
  expect(mailchimp.calls.count).toBe(1)
})

const passing: [string, Answer][] = [
  ['429', (response) => sendProblem(response, 429, 'Too Many Requests', 'You have exceeded the limit of 10')],
  ['403 without a body', (response) => void response.writeHead(403).end()],
  ['403 as HTML', (response) => void response.writeHead(403, { 'content-type': 'text/html' }).end('<h1>Denied</h1>')],
  [
    '503 as HTML',
    (response) => void response.writeHead(503, { 'content-type': 'text/html' }).end('<h1>Back soon</h1>'),
  ],
  ['500 as JSON', (response) => sendProblem(response, 500, 'InternalServerError', 'An unexpected error')],
  ['200 as HTML', (response) => void response.writeHead(200).end('<html>Sign in to the hotel</html>')],
  ['200 with nothing', (response) => void response.writeHead(200).end()],
  ['404 as HTML', (response) => void response.writeHead(404).end('<h1>nginx</h1>')],
  ['a reset before an answer', (response) => void response.socket?.resetAndDestroy()],
  [
    'a body that breaks off',
    (response) => {
      response.writeHead(200, { 'content-length': '1000' })
      response.write('{"lists": [{"id"')
      setTimeout(() => response.socket?.destroy(), 5)
    },
  ],
  ['half of the JSON', (response) => void response.end(JSON.stringify(LISTS).slice(0, 30))],
  [
    'packed, but broken',
    (response) => {
      const packed = gzipSync(JSON.stringify(LISTS))
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed.subarray(0, 25))
    },
  ],
  ['a redirect', (response) => void response.writeHead(307, { location: '/3.0/elsewhere' }).end()],
]

describe.each(passing)('%s', (_name, broken) => {
  test('is tried again, with growing waits, until the answer is whole', async () => {
    const { mailchimp, waits, asked } = await openAccount((response, _asked, made) =>
      made < 3 ? broken(response, _asked, made) : sendJson(response, LISTS),
    )
    expect(await mailchimp.listLists()).toHaveLength(1)
    expect(waits).toEqual([375, 750, 1500])
    expect(asked.every(({ path }) => path === '/lists')).toBe(true)
    expect(mailchimp.calls.count).toBe(4)
  })

  test('ends after five tries in an error that may be tried again later', async () => {
    const { mailchimp, waits, logText } = await openAccount(broken)
    const error = await failureOf(mailchimp.listLists())
    expect(error.retryable).toBe(true)
    expect(['mailchimp_busy', 'mailchimp_unreachable']).toContain(error.code)
    expect(error.message).toMatch(/^Mailchimp \(127\.0\.0\.1:\d+\) .*[.]$/)
    expect(waits).toHaveLength(4)
    expect(error.message + logText()).not.toContain(KEY.slice(0, 32))
  })

  test('is not repeated where that would make a second campaign', async () => {
    const { mailchimp, waits, asked } = await openAccount(broken)
    const error = await failureOf(
      mailchimp.createCampaign({
        list_id: 'a1',
        segment_id: 7,
        title: 'Pairpost 1 en',
        subject_line: 'Hello',
        preview_text: '',
        from_name: 'ILN',
        reply_to: 'programme@iln.example',
        count_clicks: true,
        count_opens: false,
      }),
    )
    expect(error.retryable).toBe(true)
    expect([asked.length, waits.length]).toEqual([1, 0])
  })
})

test.each<Answer>([
  () => undefined,
  (response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.write('{"lists": [')
  },
])('an answer that hangs ends with the time limit, and its connection is closed', async (hang) => {
  const { mailchimp, state, asked } = await openAccount(hang, { timeoutMs: 200, tries: 2 })
  const error = await failureOf(mailchimp.listLists())
  expect(error).toMatchObject({ code: 'mailchimp_unreachable', retryable: true })
  expect(error.message).toContain('no whole answer within 0.2 s')
  expect(asked).toHaveLength(2)
  await expect.poll(() => state.closed).toBe(2)
})

test('an answer that never ends is cut off, and not asked for again', async () => {
  const endless: Answer = (response) => {
    const more = () => {
      while (response.write(' '.repeat(64 * 1024)));
    }
    response.on('drain', more)
    more()
  }
  const { mailchimp, state, asked } = await openAccount(endless, { longestAnswer: 1024 ** 2 })
  const error = await failureOf(mailchimp.listLists())
  expect(error).toMatchObject({ code: 'mailchimp_unreachable', retryable: false })
  expect(error.message).toContain('more than 1 MB')
  expect(asked).toHaveLength(1)
  await expect.poll(() => state.closed).toBe(1)
})

test('a small answer that unpacks to a large one is cut off too', async () => {
  const bomb = gzipSync(Buffer.alloc(8 * 1024 ** 2, ' '))
  const { mailchimp } = await openAccount(
    (response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
    { longestAnswer: 1024 ** 2 },
  )
  expect((await failureOf(mailchimp.listLists())).message).toContain('more than 1 MB')
})

test('a redirect is not followed: the key stays here', async () => {
  const elsewhere = await openAccount((response) => sendJson(response, LISTS))
  const { mailchimp } = await openAccount(
    (response) => void response.writeHead(302, { location: `${elsewhere.baseUrl}/lists` }).end(),
  )
  expect((await failureOf(mailchimp.listLists())).message).toContain('it answered 302')
  expect(elsewhere.asked).toEqual([])
})

test('refusals are made once, in words that say what to do', async () => {
  let refuse: Answer = () => undefined
  const { mailchimp, asked, waits } = await openAccount((...about) => refuse(...about))
  const said = async (answer: Answer) => {
    refuse = answer
    const { code, message, retryable } = await failureOf(mailchimp.getList('a1'))
    expect(retryable).toBe(false)
    return `${code}: ${message}`
  }
  expect(await said((r) => sendProblem(r, 401, 'API Key Invalid', 'Your API key may be invalid.'))).toMatch(
    /^mailchimp_key_refused: Mailchimp \(127\.0\.0\.1:\d+\) does not know the key\. Make a new one .* set MAILCHIMP_API_KEY .*It says: Your API key may be invalid\.$/,
  )
  expect(await said((r) => sendProblem(r, 404, 'Resource Not Found', 'No such thing.'))).toBe(
    'mailchimp_missing: Mailchimp does not have what was asked for (GET /lists/{list_id}): No such thing. It may have been deleted there.',
  )
  expect(await said((r) => sendProblem(r, 403, 'Forbidden', 'This account is disabled.'))).toBe(
    'mailchimp_refused: Mailchimp refused this (GET /lists/{list_id}, 403): This account is disabled.',
  )
  expect(
    await said((r) =>
      sendProblem(r, 400, 'Invalid Resource', 'Look at the errors', {
        errors: [{ field: 'merge_fields.ROUND', message: 'Data did not match' }],
      }),
    ),
  ).toContain('Look at the errors · merge_fields.ROUND: Data did not match.')
  expect(
    await said((r) =>
      sendProblem(r, 400, 'Member In Compliance State', 'ann@iln.example is already in a compliance state due to …'),
    ),
  ).toMatch(/^mailchimp_compliance: .*…@… is already in a compliance state/)
  expect(waits).toEqual([])
  expect(asked).toHaveLength(5)
})

test('long words are cut; addresses and the key are taken out of them', async () => {
  const { mailchimp } = await openAccount((response) =>
    sendProblem(response, 400, 'Bad', `${KEY} ann@iln.example\n${'word '.repeat(1000)}`),
  )
  const { message } = await failureOf(mailchimp.ping())
  expect(message).not.toContain('ann@')
  expect(message).not.toContain(KEY)
  expect(message.length).toBeLessThan(400)
})

test('whole JSON of another shape is told, never read as something', async () => {
  for (const body of [{}, [], null, 7, { lists: 'x' }, { lists: [1] }, { lists: [{ name: 'no id' }] }]) {
    const { mailchimp } = await openAccount((response) => sendJson(response, body))
    expect(await failureOf(mailchimp.listLists())).toMatchObject({ code: 'mailchimp_unreachable', retryable: true })
  }
})

test('nobody listens there', async () => {
  const { db } = await openTestDatabase()
  const baseUrl = `http://127.0.0.1:${await freePort()}/3.0`
  const mailchimp = openMailchimp({ db, log: silentLog }, { apiKey: KEY, baseUrl }, { tries: 1 })
  expect((await failureOf(mailchimp.ping())).message).toMatch(
    /cannot be reached: the connection failed \(ECONNREFUSED\)/,
  )
})

test('a name that is not known may come of a key that was copied badly', () => {
  const asked = { call: 'GET /ping', host: 'us99.api.mailchimp.com' }
  expect(unreachable(asked, 'its name is not known (ENOTFOUND)').message).toBe(
    'Mailchimp (us99.api.mailchimp.com) cannot be reached: its name is not known (ENOTFOUND). Does the key really end in -us99?',
  )
})

test('the data centre is what the key ends in', () => {
  expect(basePathOf({ apiKey: KEY })).toBe('https://us21.api.mailchimp.com/3.0')
  expect(basePathOf({ apiKey: KEY, baseUrl: 'http://127.0.0.1:4000/3.0/' })).toBe('http://127.0.0.1:4000/3.0')
})

test('what may be repeated is written down for calls of the API alone', () => {
  expect(REPEATED['POST /campaigns']).toBeUndefined()
  for (const [call, why] of Object.entries(REPEATED)) {
    expect(call).toMatch(/^(POST|PUT|DELETE) \//)
    expect(why).not.toBe('')
  }
})

test('a key without a data centre is refused before anything is asked', async () => {
  const { db } = await openTestDatabase()
  const open = () => openMailchimp({ db, log: silentLog }, { apiKey: 'abcdef' })
  expect(open).toThrow('The Mailchimp key names no data centre')
})

test('an id that would lead to another path is none of theirs', async () => {
  const { mailchimp, asked } = await openAccount((response) => sendJson(response, {}))
  for (const id of ['..', '.', '', 'a/b', 'a?b', 'ä']) {
    expect((await failureOf(mailchimp.getList(id))).code).toBe('mailchimp_missing')
  }
  expect(asked).toEqual([])
})

test('a path with "server" in it stays as it is', async () => {
  const { mailchimp, asked } = await openAccount((response) =>
    sendJson(response, { id: 'server', name: 'x', stats: { member_count: 0 } }),
  )
  await mailchimp.getList('server')
  expect(asked[0]?.path).toBe('/lists/server')
})
