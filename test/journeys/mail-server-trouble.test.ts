import { expect, onTestFinished, test } from 'vitest'
import { eventually, PATIENCE } from '../support/eventually.ts'
import { makeSelfSignedCertificate } from '../support/sink/certificate.ts'
import { type SinkOptions, startSink } from '../support/sink/sink.ts'
import { draftCampaign, figuresOf, formsOf, importRound, openService } from './round.ts'

async function openSink(options: SinkOptions = {}) {
  const sink = await startSink(options)
  onTestFinished(() => sink.close())
  return sink
}

const certificate = makeSelfSignedCertificate()

test(
  'a campaign says that the mail server is away, waits, and goes on by itself when it is back',
  async () => {
    const sink = await openSink()
    await sink.setAway(true)
    const api = await openService({ SMTP_URL: sink.url })
    await importRound(api, formsOf(12))
    const id = await draftCampaign(api)
    await api.post(`/campaigns/${id}/schedule`, { at: 'now' })
    const campaign = await eventually('the trouble is shown', async () => {
      const found = await api.get(`/campaigns/${id}`)
      return found.sending.trouble ? found : undefined
    })
    expect(campaign.sending.trouble.words).toMatch(/mail server 127\.0\.0\.1:\d+ cannot be reached/)
    expect(campaign.state).toBe('sending')
    // A run may be giving its claims back just now; no dialogue has begun.
    expect(campaign.counts.queued + campaign.counts.claimed).toBe(12)
    expect((await (await fetch(`${api.url}/metrics`)).text()).includes('pairpost_sender_trouble 1')).toBe(true)

    await sink.setAway(false)
    const done = await api.followCampaign(id)
    expect(figuresOf(done)).toEqual({ accepted: 12 })
    expect(done.sending.trouble).toBeNull()
    expect(sink.messages()).toHaveLength(12)
  },
  PATIENCE,
)

test(
  'a wrong password is said in the words of the server, and costs nobody a try',
  async () => {
    const sink = await openSink({ auth: { user: 'iln', pass: 'right' } })
    const api = await openService({ SMTP_URL: sink.url.replace('smtp://', 'smtp://iln:wrong@') })
    await importRound(api, formsOf(3))
    const id = await draftCampaign(api)
    await api.post(`/campaigns/${id}/schedule`, { at: 'now' })
    const campaign = await eventually('the trouble is shown', async () => {
      const found = await api.get(`/campaigns/${id}`)
      return found.sending.trouble ? found : undefined
    })
    expect(campaign.sending.trouble.words).toContain('535 5.7.8 The user name or the password is wrong')
    expect(JSON.stringify(campaign.sending)).not.toContain('iln:wrong')
    expect(campaign.counts.queued + campaign.counts.claimed).toBe(3)
    const [item] = await api.list(`/campaigns/${id}/deliveries`)
    expect(item.tries).toBe(0)
  },
  PATIENCE,
)

test.skipIf(!certificate)(
  'a certificate that nobody vouches for is said in words, and nothing is handed over',
  async () => {
    const sink = await openSink({
      tls: certificate as { key: string; cert: string },
      auth: { user: 'iln', pass: 'right' },
    })
    const api = await openService({ SMTP_URL: sink.url.replace('smtp://', 'smtp://iln:right@') })
    await importRound(api, formsOf(2))
    const id = await draftCampaign(api)
    await api.post(`/campaigns/${id}/schedule`, { at: 'now' })
    const trouble = await eventually(
      'the trouble is shown',
      async () => (await api.get(`/campaigns/${id}`)).sending.trouble ?? undefined,
    )
    expect(trouble.words).toMatch(/certificate we can trust/)
    expect(sink.messages()).toHaveLength(0)
  },
  PATIENCE,
)

test(
  'a provider that closes the account for now is shown, and the others wait',
  async () => {
    const sink = await openSink()
    const api = await openService({ SMTP_URL: sink.url, SMTP_CONNECTIONS: '1' })
    await importRound(api, formsOf(['550-5.4.5@a.example', 'ana@b.example', 'ben@c.example']))
    const id = await draftCampaign(api)
    await api.post(`/campaigns/${id}/schedule`, { at: 'now' })
    const campaign = await eventually('the closing is shown', async () => {
      const found = await api.get(`/campaigns/${id}`)
      return found.sending.closed ? found : undefined
    })
    expect(campaign.sending.closed.words).toContain('5.4.5')
    expect(campaign.counts.rejected).toBe(0)
  },
  PATIENCE,
)
