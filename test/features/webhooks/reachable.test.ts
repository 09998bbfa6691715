import { expect, test } from 'vitest'
import { createWebhook, sendWebhooks } from '../../../src/features/webhooks/index.ts'
import { openTestDeps } from '../../support/deps.ts'
import { confirmPeople, never, openReceiver, talk } from './receiver.ts'

const types = ['application.confirmed'] as const
const PUBLIC = { PUBLIC_URL: 'https://programme.example' }

const HOSTILE = [
  'http://169.254.169.254/latest/meta-data',
  'https://169.254.169.254/latest/meta-data',
  'https://localhost/',
  'https://LOCALHOST:8443/',
  'https://admin.localhost/',
  'https://localhost./',
  'https://127.0.0.1/',
  'https://127.1/',
  'https://0x7f000001/',
  'https://2130706433/',
  'https://0177.0.0.1/',
  'https://0/',
  'https://10.0.0.8/',
  'https://192.168.1.1:8443/',
  'https://100.64.0.1/',
  'https://[::1]/',
  'https://[::]/',
  'https://[::ffff:169.254.169.254]/',
  'https://[::ffff:7f00:1]/',
  'https://[64:ff9b::a9fe:a9fe]/',
  'https://[2002:7f00:1::]/',
  'https://[fe80::1]/',
  'https://[fd00::1]/',
  'https://8.8.8.8:22/',
  'https://8.8.8.8:5432/',
  'http://8.8.8.8/',
  'https://user:password@8.8.8.8/',
  'ftp://8.8.8.8/',
  'file:///etc/passwd',
  'javascript:alert(1)',
  '//8.8.8.8/',
  'example.org/hook',
  '',
  `https://8.8.8.8/${'x'.repeat(2000)}`,
]

test('addresses of private networks, in every spelling, other ports, plain http and what is no address are refused', async () => {
  const deps = await openTestDeps(PUBLIC)
  for (const url of HOSTILE) {
    const refused = createWebhook(deps, { url, types, by: 'staff 1' })
    await expect(refused, url).rejects.toMatchObject({ code: 'invalid_input', faults: [{ field: 'url' }] })
  }
  await createWebhook(deps, { url: ' https://8.8.8.8:8443/hook ', types, by: 'staff 1' })
  const { url } = await deps.db.selectFrom('webhook_endpoints').select('url').executeTakeFirstOrThrow()
  expect(url).toBe('https://8.8.8.8:8443/hook')
})

test('what got into the table all the same, or whose name leads to this machine now, is not connected to', async () => {
  const receiver = await openReceiver()
  const here = await openTestDeps()
  const named = `http://localhost:${receiver.port}/`
  for (const url of [receiver.url, named]) await createWebhook(here, { url, types, by: 'staff 1' })
  // The names of this machine's own hosts file are as good as a name whose owner points it here after it was checked.
  const away = { ...here, config: { ...here.config, publicUrl: 'https://programme.example' } }
  const urls = [receiver.url, named, 'https://localhost/', `https://[::ffff:127.0.0.1]:${receiver.port}/`]
  await here.db.deleteFrom('webhook_endpoints').execute()
  for (const url of urls)
    await here.db
      .insertInto('webhook_endpoints')
      .values({ url, types: [...types], salt: Buffer.alloc(32), created_by: '', created_at: new Date() })
      .execute()
  await confirmPeople(here, 1)
  await sendWebhooks(away, never())
  expect(receiver.received).toEqual([])
  const words = (await talk(here).messages()).map(({ last_words }) => last_words)
  expect(words).toEqual([
    'It must begin with https://.',
    'It must begin with https://.',
    expect.stringContaining('no public address'),
    expect.stringContaining('no public address'),
  ])
})

test('a service that somebody tries out on their own machine reaches that machine, and no private network', async () => {
  const receiver = await openReceiver()
  const deps = await openTestDeps({ PUBLIC_URL: 'http://127.0.0.1:3000' })
  await createWebhook(deps, { url: `http://localhost:${receiver.port}/`, types, by: 'staff 1' })
  await confirmPeople(deps, 1)
  await sendWebhooks(deps, never())
  expect(receiver.received).toHaveLength(1)
  for (const url of ['http://169.254.169.254/', 'http://10.0.0.8/', 'https://[::ffff:10.0.0.8]/'])
    await expect(createWebhook(deps, { url, types, by: '' }), url).rejects.toMatchObject({ code: 'invalid_input' })
})
