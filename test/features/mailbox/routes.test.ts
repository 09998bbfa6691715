import PostalMime from 'postal-mime'
import { describe, expect, test } from 'vitest'
import { TEST_TOKEN } from '../../support/deps.ts'
import { hand, listMailbox, openMailbox } from './dialogue.ts'

type Mailbox = Awaited<ReturnType<typeof openMailbox>>

const HOSTILE_HTML =
  '<!doctype html><html><head><title>x</title></head><body onload="alert(1)"><script>alert(2)</script><img src=x onerror=alert(3)><a href="javascript:alert(4)">go</a></body></html>'

/** A message with both parts. */
function mail(fields: { subject?: string; html?: string; text?: string; extra?: string[] } = {}): string {
  const { subject = 'Topic 1', html = '<p>Hello <b>Ana</b></p>', text = 'Hello Ana', extra = [] } = fields
  return [
    'From: Pairpost <programme@programme.example>',
    'Reply-To: reply+abc@programme.example',
    'To: Ana Lima <ana@lib.example>',
    `Subject: ${subject}`,
    'Message-ID: <one@programme.example>',
    'MIME-Version: 1.0',
    ...extra,
    'Content-Type: multipart/alternative; boundary=b',
    '',
    '--b',
    'Content-Type: text/plain; charset=utf-8',
    '',
    text,
    '--b',
    'Content-Type: text/html; charset=utf-8',
    '',
    html,
    '--b--',
    '',
  ].join('\r\n')
}

async function withMessage(raw: string | Buffer = mail(), environment: Record<string, string> = {}) {
  const mailbox = await openMailbox(environment)
  expect(await hand(mailbox.server.url, { to: 'ana@lib.example', raw })).toMatchObject({ accepted: true })
  const { id } = await mailbox.deps.db.selectFrom('mailbox_messages').select('id').executeTakeFirstOrThrow()
  return { ...mailbox, id }
}

const form = (text: string) => ({
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  payload: new URLSearchParams({ text }).toString(),
})

describe('the pages', () => {
  test('say what to do while the mailbox is empty', async () => {
    const { app } = await openMailbox()
    const page = await app.inject('/mailbox')
    expect(page.statusCode).toBe(200)
    expect(page.body).toContain('No message has arrived yet.')
    expect(page.body).toContain('550-5.1.1@')
  })

  test('list the newest first, fifty a page, and find an address', async () => {
    const { app, deps } = await openMailbox()
    await deps.pool.query(`insert into mailbox_messages (mail_from, rcpt_to, subject, raw)
      select '', 'person_' || n || '@lib.example', 'Topic ' || n, 'x' from generate_series(1, 120) n`)
    const seen: string[] = []
    let url = '/mailbox'
    while (url) {
      const { body } = await app.inject(url)
      expect(body).toContain('120 messages')
      const subjects = [...body.matchAll(/<bdi>Topic (\d+)<\/bdi>/g)].map((match) => match[1] as string)
      expect(subjects.length).toBeLessThanOrEqual(50)
      seen.push(...subjects)
      url = (/href="([^"]+)" rel="next"/.exec(body)?.[1] ?? '').replaceAll('&amp;', '&').replaceAll('&#x3D;', '=')
    }
    expect(seen).toEqual(Array.from({ length: 120 }, (_, index) => String(120 - index)))

    const found = (await app.inject(`/mailbox?q=${encodeURIComponent('PERSON_7@')}`)).body
    expect(found).toContain('Topic 7<')
    expect(found).toContain('1 message,')
    // _ and % mean themselves.
    expect((await app.inject('/mailbox?q=person%257')).body).toContain('No message matches.')
    expect((await app.inject('/mailbox?direction=to_programme')).body).toContain('No message matches.')
  })

  test('show the parts of a message, its headers and its source', async () => {
    const { app, id } = await withMessage()
    expect((await app.inject(`/mailbox/${id}`)).body).toContain(`src="/mailbox/${id}/html"`)
    expect((await app.inject(`/mailbox/${id}?part=text`)).body).toMatch(/<pre class="text" dir="auto">Hello Ana/)
    expect((await app.inject(`/mailbox/${id}?part=headers`)).body).toContain('<dt>Reply-To</dt>')
    expect((await app.inject(`/mailbox/${id}?part=source`)).body).toContain('boundary&#x3D;b')
    const source = await app.inject(`/mailbox/${id}/source`)
    expect(source.headers['content-type']).toBe('text/plain; charset=utf-8')
    expect(source.headers['content-disposition']).toContain(`message-${id}.eml`)
    expect(source.body).toBe(mail())
  })

  test('let no script of a message run, wherever it stands', async () => {
    const hostile = '<script>alert(5)</script>'
    const { app, id } = await withMessage(mail({ subject: hostile, html: HOSTILE_HTML, text: hostile }))
    const html = await app.inject(`/mailbox/${id}/html`)
    const policy = String(html.headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'")
    expect(policy).toMatch(/sandbox(?!.*allow-scripts)(?!.*allow-same-origin)/)
    expect(policy).not.toContain('script-src')
    expect(html.headers['x-content-type-options']).toBe('nosniff')
    for (const url of [
      '/mailbox',
      `/mailbox/${id}`,
      ...['text', 'headers', 'source'].map((p) => `/mailbox/${id}?part=${p}`),
    ]) {
      const page = await app.inject(url)
      expect(page.statusCode).toBe(200)
      expect(page.body).not.toContain('<script')
      expect(page.body).not.toContain('onerror=')
      expect(page.headers['content-security-policy']).toContain("script-src 'none'")
    }
  })

  test('give a right-to-left subject its direction', async () => {
    const subject = 'الموضوع الأول: كيف نتعارف؟'
    const encoded = `=?utf-8?B?${Buffer.from(subject).toString('base64')}?=`
    const { app, id } = await withMessage(mail({ subject: encoded }))
    expect((await app.inject('/mailbox')).body).toContain(`<bdi>${subject}</bdi>`)
    expect((await app.inject(`/mailbox/${id}`)).body).toContain(`<h1 dir="auto">${subject}</h1>`)
  })

  test('answer for a message that is gone with a page, and for nonsense with a problem', async () => {
    const { app } = await openMailbox()
    const gone = await app.inject('/mailbox/999')
    expect(gone.statusCode).toBe(404)
    expect(gone.headers['content-type']).toContain('text/html')
    for (const url of ['/mailbox/999/html', '/mailbox/999/source', '/mailbox/api/messages/999']) {
      expect((await app.inject(url)).statusCode).toBe(404)
    }
    for (const url of [
      '/mailbox/x',
      '/mailbox/0',
      '/mailbox/99999999999999999999',
      '/mailbox?before=x',
      '/mailbox?q=%00',
    ]) {
      expect((await app.inject(url)).statusCode).toBeOneOf([422, 200])
    }
  })

  test.each([
    ['ten thousand headers', mail({ extra: Array.from({ length: 10_000 }, (_, n) => `X-${n}: ${'v'.repeat(50)}`) })],
    ['headers beyond any limit', `Subject: x\r\n${`X-Long: ${'v'.repeat(900)}\r\n`.repeat(5000)}\r\nHello\r\n`],
    [
      'MIME that never ends',
      'Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html',
    ],
    [
      'a quarter of a million parts',
      `Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\nx\r\n'.repeat(250_000)}`,
    ],
    [
      'parts in parts in parts',
      Array.from({ length: 2000 }, (_, n) => `Content-Type: multipart/mixed; boundary=b${n}\r\n\r\n--b${n}\r\n`).join(
        '',
      ),
    ],
    ['no header at all', '\r\n\r\n'],
    ['an empty line', '\r\n'],
    ['three hundred thousand lines', `Subject: x\r\n\r\n${'x\r\n'.repeat(300_000)}`],
    ['every byte there is', Buffer.from(Array.from({ length: 4096 }, (_, n) => n % 256))],
    ['a lone line of two megabytes', `Subject: ${'x'.repeat(2_000_000)}\r\n\r\n`],
    ['line breaks and nulls in headers', 'Subject: a\rb\nBcc: c\0d\r\nTo: "x\r\n y" <ana@lib.example>\r\n\r\nHello'],
    [
      'an unknown character set',
      'Subject: =?x-none?Q?=FF=FE?=\r\nContent-Type: text/html; charset=x-none\r\n\r\n<p>\xff\xfe',
    ],
  ])('show %s without falling over', async (_name, raw) => {
    const { app, id } = await withMessage(raw)
    const started = performance.now()
    for (const url of [
      '/mailbox',
      ...['html', 'text', 'headers', 'source'].map((part) => `/mailbox/${id}?part=${part}`),
    ]) {
      const page = await app.inject(url)
      expect(page.statusCode).toBe(200)
      expect(page.body.length).toBeLessThan(2_000_000)
    }
    expect((await app.inject(`/mailbox/api/messages/${id}`)).statusCode).toBe(200)
    expect((await app.inject({ method: 'POST', url: `/mailbox/${id}/reply`, ...form('Yes') })).statusCode).toBeOneOf([
      303, 409,
    ])
    expect(performance.now() - started).toBeLessThan(20_000)
  })
})

describe('a reply', () => {
  test('leaves as a real message in the thread, from the participant to the reply address', async () => {
    const { app, deps, id } = await withMessage(mail({ extra: ['References: <zero@programme.example>'] }))
    const answer = await app.inject({ method: 'POST', url: `/mailbox/${id}/reply`, ...form('Yes, please.\r\nAna') })
    expect(answer.statusCode).toBe(303)
    const [, reply] = await listMailbox(app)
    expect(answer.headers.location).toBe(`/mailbox/${id}?notice=replied&reply=${reply?.id}`)
    expect(reply).toMatchObject({
      to: 'reply+abc@programme.example',
      from: 'Ana Lima <ana@lib.example>',
      envelope_from: 'ana@lib.example',
      subject: 'Re: Topic 1',
      direction: 'to_programme',
    })
    const row = await deps.db
      .selectFrom('mailbox_messages')
      .select('raw')
      .where('id', '=', Number(reply?.id))
      .executeTakeFirstOrThrow()
    const email = await PostalMime.parse(row.raw)
    expect(email).toMatchObject({
      inReplyTo: '<one@programme.example>',
      references: '<zero@programme.example> <one@programme.example>',
    })
    expect(email.text).toMatch(
      /^Yes, please\.\nAna\n\nOn [^\n]+, Pairpost <programme@programme\.example> wrote:\n> Hello Ana\n/,
    )
    expect((await app.inject(String(answer.headers.location))).body).toContain('handed over by SMTP')
  })

  test('of nothing is not made, and without anybody to answer it is a conflict', async () => {
    const { app, deps, id } = await withMessage()
    const empty = await app.inject({ method: 'POST', url: `/mailbox/${id}/reply`, ...form('  \n ') })
    expect(empty.headers.location).toBe(`/mailbox/${id}?notice=empty`)
    await deps.pool.query("update mailbox_messages set raw = 'Subject: x'")
    expect((await app.inject({ method: 'POST', url: `/mailbox/${id}/reply`, ...form('Yes') })).statusCode).toBe(409)
  })

  test('that the server refuses is said on the page', async () => {
    const { app, id } = await withMessage(mail().replace('reply+abc@programme.example', 'permfail@lib.example'))
    const answer = await app.inject({ method: 'POST', url: `/mailbox/${id}/reply`, ...form('Yes') })
    expect(answer.headers.location).toBe(`/mailbox/${id}?notice=refused`)
    expect((await app.inject(String(answer.headers.location))).body).toContain('was not taken')
  })
})

describe('the API', () => {
  test('filters by recipient and pages by the last id seen', async () => {
    const { app, deps } = await openMailbox()
    await deps.pool.query(`insert into mailbox_messages (mail_from, rcpt_to, subject, raw)
      select 'bounce@programme.example', 'person' || n % 3 || '@Lib.example', 'Topic ' || n, 'x' from generate_series(1, 9) n`)
    const first = (await app.inject('/mailbox/api/messages?to=PERSON1@lib.example&limit=2')).json()
    expect(first.items.map(({ subject }: { subject: string }) => subject)).toEqual(['Topic 1', 'Topic 4'])
    const second = (await app.inject(`/mailbox/api/messages?to=person1@lib.example&limit=2&after=${first.next}`)).json()
    expect(second).toMatchObject({ items: [{ subject: 'Topic 7' }], next: null })
    expect((await app.inject('/mailbox/api/messages?to=person1')).json()).toEqual({ items: [], next: null })
    expect((await app.inject('/mailbox/api/messages?limit=0')).statusCode).toBe(422)
  })

  test('gives one message with its headers and parts', async () => {
    const { app, id } = await withMessage()
    expect((await app.inject(`/mailbox/api/messages/${id}`)).json()).toMatchObject({
      id,
      to: 'ana@lib.example',
      from: 'Pairpost <programme@programme.example>',
      envelope_from: 'bounce+token@programme.example',
      message_id: '<one@programme.example>',
      text: expect.stringContaining('Hello Ana'),
      html: expect.stringContaining('<b>Ana</b>'),
      headers: expect.arrayContaining([{ name: 'Reply-To', value: 'reply+abc@programme.example' }]),
      attachments: [],
    })
  })

  test('empties the mailbox, and so does the page', async () => {
    const { app, server } = await withMessage()
    expect((await app.inject({ method: 'DELETE', url: '/mailbox/api/messages' })).json()).toEqual({ deleted: 1 })
    await hand(server.url, { to: 'ana@lib.example' })
    const cleared = await app.inject({ method: 'POST', url: '/mailbox/clear', headers: form('').headers, payload: '' })
    expect(cleared.statusCode).toBe(303)
    expect(await listMailbox(app)).toEqual([])
  })
})

describe('access', () => {
  const urls = (id: number): { method: 'GET' | 'POST' | 'DELETE'; url: string }[] => [
    { method: 'GET', url: '/mailbox' },
    { method: 'GET', url: `/mailbox/${id}` },
    { method: 'GET', url: `/mailbox/${id}/html` },
    { method: 'GET', url: `/mailbox/${id}/source` },
    { method: 'POST', url: `/mailbox/${id}/reply` },
    { method: 'POST', url: '/mailbox/clear' },
    { method: 'GET', url: '/mailbox/api/messages' },
    { method: 'GET', url: `/mailbox/api/messages/${id}` },
    { method: 'DELETE', url: '/mailbox/api/messages' },
  ]

  test('needs a token as soon as the service listens beyond this machine', async () => {
    const { app, id } = await withMessageBehindToken()
    for (const request of urls(id)) expect((await app.inject(request)).statusCode).toBe(401)
    const headers = { authorization: `Bearer ${TEST_TOKEN}` }
    expect((await app.inject({ url: '/mailbox', headers })).statusCode).toBe(200)
    expect((await app.inject({ url: `/mailbox/api/messages/${id}`, headers })).statusCode).toBe(200)
  })

  test('is refused under a foreign name, also one that claims to be forwarded', async () => {
    const { app, id } = await withMessage()
    for (const request of urls(id)) {
      const headers = { host: 'evil.example:3000', 'x-forwarded-host': 'localhost' }
      expect((await app.inject({ ...request, headers })).statusCode).toBe(403)
    }
  })

  test('is refused to a form on another site, and open to our own and to programs', async () => {
    const { app } = await openMailbox()
    const clear = (headers: Record<string, string>) =>
      app.inject({
        method: 'POST',
        url: '/mailbox/clear',
        headers: { host: 'localhost:3000', ...form('').headers, ...headers },
        payload: '',
      })
    for (const foreign of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: 'http://localhost:4000' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ]) {
      expect((await clear(foreign as Record<string, string>)).statusCode).toBe(403)
    }
    for (const own of [{}, { origin: 'http://localhost:3000' }, { 'sec-fetch-site': 'same-origin' }]) {
      expect((await clear(own as Record<string, string>)).statusCode).toBe(303)
    }
  })
})

/** The service listens for everybody; the message is stored all the same. */
const withMessageBehindToken = (): Promise<Mailbox & { id: number }> => withMessage(mail(), { HOST: '0.0.0.0' })
