import { expect, test } from 'vitest'
import { checkMailchimp } from '../../../src/platform/mailchimp/index.ts'
import { openAccount, sendJson } from './server.ts'

const HERE = [
  'http://localhost:3000',
  'http://127.0.0.1',
  'http://192.168.0.7',
  'http://[::1]:3000',
  'http://box.local',
]
const THERE = ['https://programme.example', 'https://1270.example', 'http://203.0.113.9', 'https://100.example.org']

async function check(publicUrl: string) {
  const { mailchimp } = await openAccount((response, { path }) =>
    sendJson(response, path === '/' ? { account_id: 'x', account_name: 'ILN' } : { id: 'a1', name: 'Programme' }),
  )
  const checked = { list_id: 'a1', fields: undefined, webhook_id: undefined, publicUrl, isTest: false }
  return (await checkMailchimp(mailchimp, checked)).at(-1)
}

test.each(HERE)('Mailchimp cannot tell us anything at %s', async (url) => {
  expect(await check(url)).toMatchObject({ good: false, words: expect.stringContaining(`it cannot reach ${url}`) })
})

test.each(THERE)('Mailchimp can tell us what happens at %s', async (url) => {
  expect(await check(url)).toEqual({ good: true, words: `it can tell us what happens there at ${url}.` })
})
