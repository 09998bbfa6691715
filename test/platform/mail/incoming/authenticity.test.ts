import { generateKeyPairSync } from 'node:crypto'
import nodemailer from 'nodemailer'
import { describe, expect, test } from 'vitest'
import { checkAuthenticity, type Resolver } from '../../../../src/platform/mail/incoming/index.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'der' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})

const ZONE: Record<string, string> = {
  's1._domainkey.lib.example': `v=DKIM1; k=rsa; p=${publicKey.toString('base64')}`,
  '_dmarc.lib.example': 'v=DMARC1; p=reject',
  'lib.example': 'v=spf1 ip4:192.0.2.1 -all',
}

const failing =
  (code: string): Resolver =>
  () =>
    Promise.reject(Object.assign(new Error(code), { code }))
const zone: Resolver = (name, type) => {
  const text = type === 'TXT' ? ZONE[name] : undefined
  return text ? Promise.resolve([[text]]) : failing('ENOTFOUND')(name, type)
}

async function sign(from = 'Ana Lima <ana@lib.example>', domainName = 'lib.example'): Promise<Buffer> {
  const transport = nodemailer.createTransport({
    streamTransport: true,
    buffer: true,
    newline: 'windows',
    dkim: { domainName, keySelector: 's1', privateKey },
  })
  const sent = await transport.sendMail({
    from,
    to: 'hello@programme.example',
    subject: 'Re: 2016A',
    text: 'Yes, I confirm.',
  })
  return sent.message as Buffer
}

const altered = (raw: Buffer) => Buffer.from(raw.toString().replace('Yes, I confirm', 'No, I decline'))
const withFields = (raw: Buffer, ...fields: string[]) => Buffer.concat([Buffer.from(`${fields.join('\r\n')}\r\n`), raw])
const CONNECTION = { ip: '192.0.2.1', helo: 'mx.lib.example', mail_from: 'ana@lib.example' }
const ELSEWHERE = { ...CONNECTION, ip: '192.0.2.99' }

describe('who a message is from', () => {
  test('is certain by the signature of its domain, wherever it came from', async () => {
    const found = await checkAuthenticity(await sign(), { ...ELSEWHERE, resolver: zone })
    expect(found).toMatchObject({
      source: 'checked',
      dkim: 'pass',
      spf: 'fail',
      dmarc: 'pass',
      from_domain: 'lib.example',
      aligned: true,
    })
  })

  test('is certain by the connection too', async () => {
    const found = await checkAuthenticity(altered(await sign()), { ...CONNECTION, resolver: zone })
    expect(found).toMatchObject({ dkim: 'fail', spf: 'pass', dmarc: 'pass', aligned: true })
  })

  test('is denied when neither fits', async () => {
    const found = await checkAuthenticity(altered(await sign()), { ...ELSEWHERE, resolver: zone })
    expect(found).toMatchObject({ dkim: 'fail', spf: 'fail', dmarc: 'fail', aligned: false })
  })

  test("is denied by another domain's signature", async () => {
    const other: Resolver = (name, type) =>
      name === 's1._domainkey.evil.example' ? zone('s1._domainkey.lib.example', type) : zone(name, type)
    const raw = await sign('ana@lib.example', 'evil.example')
    const found = await checkAuthenticity(raw, {
      ip: '192.0.2.99',
      helo: 'evil.example',
      mail_from: 'x@evil.example',
      resolver: other,
    })
    expect(found).toMatchObject({ dkim: 'pass', dmarc: 'fail', aligned: false })
  })

  test('without the connection is certain by signature, denied by a broken one, and else not known', async () => {
    expect(await checkAuthenticity(await sign(), { resolver: zone })).toMatchObject({
      dkim: 'pass',
      spf: 'none',
      dmarc: 'pass',
    })
    expect(await checkAuthenticity(altered(await sign()), { resolver: zone })).toMatchObject({
      dkim: 'fail',
      dmarc: 'fail',
    })
    const bare = Buffer.from('From: ana@lib.example\r\nSubject: Re: 2016A\r\n\r\nYes\r\n')
    expect(await checkAuthenticity(bare, { resolver: zone })).toMatchObject({
      dkim: 'none',
      spf: 'none',
      dmarc: 'none',
      aligned: false,
    })
  })

  test('is not known of a message from nobody, or from two domains', async () => {
    for (const from of ['', 'From: a@lib.example, b@other.example\r\n', 'From: <>\r\n']) {
      const found = await checkAuthenticity(Buffer.from(`${from}Subject: x\r\n\r\nYes`), {
        ...CONNECTION,
        resolver: zone,
      })
      expect(found).toMatchObject({ source: 'none', from_domain: null, dmarc: 'none', aligned: false })
    }
  })
})

describe('name servers', () => {
  test('that cannot be reached make it a temporary error', async () => {
    for (const code of ['ECONNREFUSED', 'ETIMEOUT', 'ESERVFAIL']) {
      const found = await checkAuthenticity(await sign(), { ...CONNECTION, resolver: failing(code) })
      expect(found, code).toMatchObject({ dkim: 'temperror', spf: 'temperror', dmarc: 'temperror', aligned: false })
    }
  })

  test('that never answer are waited for no longer than the limit', async () => {
    const start = performance.now()
    const found = await checkAuthenticity(await sign(), {
      ...CONNECTION,
      resolver: () => new Promise(() => {}),
      limit_ms: 100,
    })
    expect(found).toMatchObject({ source: 'checked', dmarc: 'temperror' })
    expect(performance.now() - start).toBeLessThan(2000)
  })

  test('that answer with nonsense do no harm', async () => {
    const nonsense: Resolver = () => Promise.resolve([['\0'.repeat(1000)], [], 'x'] as string[][])
    expect((await checkAuthenticity(await sign(), { ...CONNECTION, resolver: nonsense })).aligned).toBe(false)
  })

  test('are not asked about a message that is too large, has lines too long or hundreds of signatures', async () => {
    const asked: string[] = []
    const resolver: Resolver = (name, type) => {
      asked.push(name)
      return zone(name, type)
    }
    const raw = await sign()
    const [signature = ''] = /^DKIM-Signature:.*?\r\n(?=\S)/ms.exec(raw.toString()) ?? []
    const large = [
      Buffer.alloc(11 * 1024 * 1024, 'abc\r\n'),
      Buffer.alloc(1024 * 1024),
      Buffer.alloc(1024 * 1024, '\r\n'),
    ]
    for (const body of large)
      expect((await checkAuthenticity(Buffer.concat([raw, body]), { resolver })).aligned).toBe(false)
    const many = withFields(raw, ...Array.from({ length: 500 }, () => signature.trimEnd()))
    expect(await checkAuthenticity(many, { resolver })).toMatchObject({ dkim: 'permerror', aligned: false })
    expect(asked).toEqual([])
  })
})

describe("another server's Authentication-Results", () => {
  const results = (id: string, from = 'lib.example') =>
    `Authentication-Results: ${id}; dkim=pass (2048-bit; \\) ;) header.d=lib.example; spf=pass smtp.mailfrom=ana@lib.example;\r\n dmarc=pass (p=REJECT) header.from=${from}`
  const bare = Buffer.from('Received: from x by y\r\nFrom: ana@lib.example\r\n\r\nYes')
  const read = (raw: Buffer) =>
    checkAuthenticity(raw, { resolver: failing('ENOTFOUND'), authserv_id: 'mx.mailbox.example' })

  test('are believed of the server that was named', async () => {
    expect(await read(withFields(bare, results('MX.mailbox.example 1')))).toMatchObject({
      source: 'header',
      dkim: 'pass',
      spf: 'pass',
      dmarc: 'pass',
      aligned: true,
    })
  })

  test('are not believed of any other, nor of who writes its name further down', async () => {
    const other = results('other.example')
    for (const raw of [
      withFields(bare, other),
      withFields(bare, other, results('mx.mailbox.example')),
      withFields(bare, other, 'Received: from evil by mx', results('mx.mailbox.example')),
    ])
      expect(await read(raw)).toMatchObject({ source: 'checked', dmarc: 'none', aligned: false })
  })

  test('count only for the domain in From', async () => {
    const raw = withFields(
      bare,
      results('mx.mailbox.example', 'evil.example').replaceAll('lib.example', 'evil.example'),
    )
    expect(await read(raw)).toMatchObject({ source: 'header', dmarc: 'none', aligned: false })
  })

  test('may say that it failed', async () => {
    const raw = withFields(
      bare,
      'Authentication-Results: mx.mailbox.example; dmarc=fail header.from=lib.example; dkim=none',
    )
    expect(await read(raw)).toMatchObject({ source: 'header', dmarc: 'fail', dkim: 'none', aligned: false })
  })

  test('are not needed where we saw the connection ourselves', async () => {
    const raw = withFields(bare, results('mx.mailbox.example'))
    const found = await checkAuthenticity(raw, { ...ELSEWHERE, resolver: zone, authserv_id: 'mx.mailbox.example' })
    expect(found).toMatchObject({ source: 'checked', dmarc: 'fail' })
  })
})
