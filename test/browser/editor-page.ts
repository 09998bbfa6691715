import type { Page } from 'playwright-core'
import { beforeAll, onTestFinished } from 'vitest'
import { createCampaign, getCampaign } from '../../src/features/campaigns/index.ts'
import type { CampaignInput } from '../../src/features/campaigns/schema.ts'
import { addApplicant, addRound, TOPIC } from '../features/campaigns/round.ts'
import { expectSound, type PageWanted, useBrowser, type Visit } from '../support/browser.ts'
import { signInCookie, useService } from '../support/browser-service.ts'

export const BODY = '#body_markdown'
export const STATE = '#save_state'

/** A service with one round and an officer who writes in it, for the tests of a file. */
export function useEditor() {
  const service = useService('web')
  const browser = useBrowser()
  let officer: Awaited<ReturnType<typeof signInCookie>>

  beforeAll(async () => {
    await addApplicant(service.deps.db, await addRound(service.deps.db))
    officer = await signInCookie(service, 'communications_officer')
  })

  const textOf = (id: number) => getCampaign(service.deps, { id })

  async function draft(change: Partial<CampaignInput> = {}): Promise<number> {
    return (await createCampaign(service.deps, { ...TOPIC, body_markdown: 'One two three.', ...change })).id
  }

  /** The write page of a new draft, its toolbar ready, on a clock that is turned by hand. */
  async function write(change: Partial<CampaignInput> = {}, wanted: PageWanted = {}) {
    const id = await draft(change)
    const opened = await browser.open({ cookie: officer, ...wanted })
    // The clock wants to be in every frame, and the preview lets no script in.
    const faults = () => opened.faults().filter((fault) => !/Blocked script execution in .*\/preview\?/.test(fault))
    const visit: Visit = { ...opened, faults }
    onTestFinished(() => visit.close())
    await visit.page.clock.install({ time: new Date('1999-12-31T23:59:00Z') })
    await load(visit.page, id)
    visit.page.setDefaultTimeout(12_000)
    return { id, visit, page: visit.page }
  }

  async function load(page: Page, id: number) {
    await page.goto(`${service.url}/console/campaigns/${id}`)
    await page.waitForSelector('#toolbar:not([hidden])')
    // From here on time stands still but for what a test lets pass.
    await page.clock.pauseAt(await page.evaluate<number>('Date.now() + 1000'))
  }

  return { service, browser, officer: () => officer, textOf, draft, write, load }
}

/** What looks the page over needs its clock. */
export async function expectCalm(visit: Visit, named: string) {
  await visit.page.clock.resume()
  await expectSound(visit, named)
  await visit.page.clock.pauseAt(await visit.page.evaluate<number>('Date.now() + 1000'))
}

/** Whatever the page does next, its answer has come and was dealt with. */
export const saved = (page: Page, act: () => Promise<unknown>) =>
  Promise.all([page.waitForResponse((answer) => answer.url().endsWith('/autosave')), act()]).then(([answer]) => answer)

/** Runs in the page, with `field` as the element: as text, since the project's types know no document. */
const inPage = (page: Page, element: string, script: string) =>
  page.evaluate(`((field) => { ${script} })(document.querySelector('${element}'))`)
export const select = (page: Page, from: number, to: number, element = BODY) =>
  inPage(page, element, `field.focus(); field.setSelectionRange(${from}, ${to})`)
export const press = (page: Page, act: string) => page.click(`#toolbar [data-act=${act}]`)
export const value = (page: Page, field = BODY) => page.inputValue(field)

export async function paste(page: Page, data: Record<string, string>, file?: Buffer) {
  await inPage(
    page,
    BODY,
    `
    const clipboardData = new DataTransfer()
    for (const [type, text] of Object.entries(${JSON.stringify(data)})) clipboardData.setData(type, text)
    const octets = ${file ? JSON.stringify(file.toString('base64')) : 'null'}
    if (octets) clipboardData.items.add(new File([Uint8Array.from(atob(octets), (c) => c.charCodeAt(0))], 'a.png', { type: 'image/png' }))
    field.focus()
    field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
  `,
  )
}
