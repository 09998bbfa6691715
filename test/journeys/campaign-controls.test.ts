import { expect, test } from 'vitest'
import { eventually, PATIENCE } from '../support/eventually.ts'
import { draftCampaign, formsOf, importRound, openService, ROUND } from './round.ts'

const SOON_SECONDS = 5

test(
  'a campaign is paused, goes on and is cancelled while it leaves, each within seconds',
  async () => {
    // Slow enough to be caught in the act.
    const api = await openService({ SEND_LIMITS: '5/1s' })
    await importRound(api, formsOf(40))
    const id = await draftCampaign(api)
    await api.post(`/campaigns/${id}/schedule`, { at: 'now' })
    await eventually(
      'something has left',
      async () => (await api.get(`/campaigns/${id}`)).counts.accepted > 0 || undefined,
    )

    expect(await api.post(`/campaigns/${id}/pause`)).toMatchObject({ state: 'paused' })
    const rested = await eventually(
      'nothing is under way',
      async () => {
        const { counts } = await api.get(`/campaigns/${id}`)
        return counts.claimed + counts.sending === 0 ? counts : undefined
      },
      SOON_SECONDS,
    )
    expect(rested.accepted + rested.queued).toBe(40)
    expect((await api.ask('POST', `/campaigns/${id}/pause`)).body).toMatchObject({ status: 409, code: 'wrong_state' })

    await api.post(`/campaigns/${id}/resume`)
    await eventually(
      'it goes on',
      async () => (await api.get(`/campaigns/${id}`)).counts.accepted > rested.accepted || undefined,
      SOON_SECONDS,
    )

    expect(await api.post(`/campaigns/${id}/cancel`)).toMatchObject({ state: 'cancelled' })
    const ended = await eventually(
      'it has ended',
      async () => {
        const { counts } = await api.get(`/campaigns/${id}`)
        return counts.accepted + counts.cancelled === 40 ? counts : undefined
      },
      SOON_SECONDS,
    )
    expect(ended.cancelled).toBeGreaterThan(0)
    expect(await api.mailbox()).toHaveLength(ended.accepted)
    expect((await api.ask('POST', `/campaigns/${id}/resume`)).status).toBe(409)
  },
  PATIENCE,
)

test(
  'each failure that can be asked for of the mailbox ends in its state, with the words of the server',
  async () => {
    const api = await openService()
    const expected: Record<string, string> = {
      'ordinary@a.example': 'accepted',
      'tempfail@b.example': 'deferred',
      'permfail@c.example': 'rejected',
      'refused@d.example': 'rejected',
      'permfail-data@e.example': 'rejected',
      'drop-after-dot@f.example': 'uncertain',
      'garbage-after-dot@g.example': 'uncertain',
      'slow@h.example': 'accepted',
      'bounce@i.example': 'accepted',
      '550-5.1.1@j.example': 'rejected',
    }
    await importRound(api, formsOf(Object.keys(expected)))
    const id = await draftCampaign(api)
    await api.post(`/campaigns/${id}/schedule`, { at: 'now' })
    const items = await eventually('every dialogue has ended', async () => {
      const found = await api.list(`/campaigns/${id}/deliveries`)
      return found.some(({ state }) => ['queued', 'claimed', 'sending'].includes(state)) ? undefined : found
    })
    expect(Object.fromEntries(items.map(({ address, state }) => [address, state]))).toEqual(expected)

    for (const item of items) {
      const { attempts } = await api.get(`/deliveries/${item.id}`)
      expect(attempts).toHaveLength(1)
      expect(attempts[0]).toMatchObject({ outcome: item.state, words: expect.stringMatching(/\S/) })
    }
    const refused = items.find(({ address }) => address === 'refused@d.example')
    const why = await api.get(`/people/${refused.person_id}/why?campaign=${id}`)
    expect(why.sentence).toContain('550 5.1.1')

    const dropped = items.find(({ address }) => address === 'drop-after-dot@f.example')
    expect(await api.post(`/deliveries/${dropped.id}/resolve`, { as: 'accepted' })).toMatchObject({ state: 'accepted' })
    expect((await api.ask('POST', `/deliveries/${dropped.id}/resolve`, { as: 'resend' })).status).toBe(409)
  },
  PATIENCE,
)

test(
  'what cannot be scheduled is refused with the field at fault',
  async () => {
    const api = await openService()
    await importRound(api, formsOf(2))
    const schedule = async (change: object, when: object) => {
      const id = await draftCampaign(api, change)
      const answer = await api.ask('POST', `/campaigns/${id}/schedule`, when)
      expect(answer.type).toContain('application/problem+json')
      expect(await api.get(`/campaigns/${id}`)).toMatchObject({ state: 'draft', counts: { queued: 0 } })
      expect(answer.status).toBe(422)
      return answer.body.errors as { field: string; message: string }[]
    }
    expect(await schedule({}, { at: '2016-03-01T09:00:00Z' })).toMatchObject([
      { field: 'at', message: expect.stringContaining('past') },
    ])
    expect(await schedule({}, { at: 'tomorrow' })).toMatchObject([{ field: 'at' }])
    const nobody = await schedule({ audience: { countries: ['SE'] } }, { at: 'now' })
    expect(nobody).toMatchObject([
      { field: expect.stringContaining('audience'), message: 'Nobody is in the audience.' },
    ])
    const unknown = await schedule({ body_markdown: 'Hello {{participant.shoe_size}}.' }, { at: 'now' })
    expect(unknown).toMatchObject([{ message: expect.stringContaining('participant.shoe_size') }])
  },
  PATIENCE,
)

test(
  'a call without a token, with a wrong one, or with an unknown body is refused in the same shape',
  async () => {
    const api = await openService()
    const bare = await fetch(`${api.url}/api/v1/rounds`)
    expect(bare.status).toBe(401)
    expect(await bare.json()).toMatchObject({ status: 401, code: expect.any(String) })
    const wrong = await fetch(`${api.url}/api/v1/rounds`, {
      headers: { authorization: 'Bearer wrong-token-of-nobody' },
    })
    expect(wrong.status).toBe(401)
    expect(await api.ask('POST', '/rounds', { ...ROUND, starts_on: 'soon' })).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'starts_on' }] },
    })
    expect((await api.ask('GET', '/campaigns/999999')).body).toMatchObject({ status: 404, code: 'not_found' })
  },
  PATIENCE,
)
