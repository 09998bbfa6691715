import { describe, expect, test } from 'vitest'
import { sweepApplications } from '../../src/features/applications/index.ts'
import { useService } from '../support/browser-service.ts'
import { eventually, PATIENCE } from '../support/eventually.ts'

const DAY_MS = 86_400_000
const day = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10)
const AMINA = { name: 'Amina Okafor', given_name: 'Amina', country: 'KE', language: 'en' }
const PAGES = [
  { sector: 'Public', career_stage: 'Student', association: 'IRRT', previous_round: 'No', wishes: 'No' },
  { interests: 'Advocacy' },
  { code_of_conduct: 'Yes', commitment: 'Yes', conduct: '1', heard_through: 'Website' },
]

describe('an application by mail and pages alone', { timeout: PATIENCE }, () => {
  const service = useService('start')

  async function post(path: string, fields: Record<string, string>) {
    const answer = await fetch(service.url + path, {
      method: 'POST',
      body: new URLSearchParams(fields),
      redirect: 'manual',
    })
    if (answer.status !== 303) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    return answer.headers.get('location') as string
  }
  interface Letter {
    subject: string
    text: string
  }
  /** Every message that came to an address. */
  async function lettersTo(to: string): Promise<Letter[]> {
    const listed = await service.api.mailbox(to)
    return Promise.all(
      listed.map(({ id }) => service.api.ask('GET', `/mailbox/api/messages/${id}`).then(({ body }) => body)),
    )
  }
  /** The path of a link in a message that came to an address. */
  async function linkIn(to: string, start: string): Promise<string> {
    const link = new RegExp(`https?://[^\\s/]+(${start}[\\w-]*)`)
    return eventually(`${start} to ${to}`, async () => {
      const found = (await lettersTo(to)).map(({ text }) => link.exec(text)?.[1])
      return found.find((path) => path !== undefined)
    })
  }
  const letterTo = (to: string, subject: string) =>
    eventually(`"${subject}" to ${to}`, async () => (await lettersTo(to)).find((one) => one.subject.includes(subject)))
  const show = async (path: string) => (await fetch(service.url + path)).text()
  const send = async (path: string) =>
    post(path, { version: /name="version" value="(\d+)"/.exec(await show(path))?.[1] ?? '' })
  async function fillIn(email: string, code = '2016A'): Promise<string> {
    let path = await post(`/apply/${code}/1`, { ...AMINA, email })
    for (const fields of PAGES) path = await post(path, fields)
    return path
  }

  test('every email of it arrives, and each of its links leads where it says', async () => {
    await service.api.post('/rounds', {
      code: '2016A',
      name: 'Round 2016A',
      applications_open_on: day(-2),
      applications_close_on: day(9),
      country_cap_percent: 1,
    })
    // The list first: told of the round that is open by now.
    await post('/interest', { given_name: 'Ben', email: 'ben@library.example', country: 'BR', language: 'en' })
    const interest = await linkIn('ben@library.example', '/interest/verify/')
    expect(await show(interest)).toContain('Yes, tell me')
    await post(interest, { do: 'verify' })
    expect(await show(interest)).toContain('You are on the list')
    await sweepApplications(service.deps)
    expect(await linkIn('ben@library.example', '/apply/2016A')).toBe('/apply/2016A')
    expect(await show(await linkIn('ben@library.example', '/interest/leave/'))).toContain('Leave the list?')

    // A form that is put aside and goes on from its link.
    const path = await post('/apply/2016A/1', { ...AMINA, email: 'amina@library.example' })
    await post(path, { do: 'later' })
    const resume = await linkIn('amina@library.example', '/apply/resume/')
    expect(await show(resume)).toContain('Go on with your form')

    // One place at one per cent: the first has it, the second waits until staff let them in.
    await send(await fillIn('amina@library.example'))
    const verify = await linkIn('amina@library.example', '/apply/verify/')
    await post(verify, { do: 'verify' })
    expect(await show(verify)).toContain('Your application is complete')
    await send(await fillIn('carol@library.example'))
    await post(await linkIn('carol@library.example', '/apply/verify/'), { do: 'verify' })
    const confirm = await linkIn('carol@library.example', '/p/confirm/')
    expect((await fetch(service.url + confirm)).status).toBe(200)
    const { items } = await service.api.get('/rounds/2016A/applications?state=waitlisted')
    expect(items).toMatchObject([{ address: 'carol@library.example', place_in_line: 1 }])
    const person_ids = items.map(({ person_id }: { person_id: number }) => person_id)
    await service.api.post('/rounds/2016A/applications/accept', { person_ids, over_cap: true })
    await letterTo('carol@library.example', 'there is a place for you')

    // In the next round the last answers come by mail.
    await service.api.post('/rounds', { code: '2016B', name: 'Round 2016B', applications_open_on: day(-1) })
    await post('/apply/2016B/returning', { email: 'amina@library.example' })
    const last = await letterTo('amina@library.example', 'Your last answers')
    const again = /\/apply\/resume\/\w+/.exec(last.text)?.[0] as string
    expect(await show(await post(again, { do: 'go_on' }))).toContain('What we ask of you')
  })
})
