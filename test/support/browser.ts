import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect } from 'vitest'
import { getProgram } from './programs.ts'

/** Sizes that every page is looked at: a desk, a phone, and the narrowest that must do. */
export const DESK = 1280
export const PHONE = 360
const NARROWEST = 320

export interface PageWanted {
  /** Of the window, in CSS pixels (1280). */
  width?: number
  colorScheme?: 'light' | 'dark'
  javaScript?: boolean
  /** What the browser asks for, such as `ar`. */
  language?: string
  cookie?: { name: string; value: string; url: string }
  /** The zone of the machine the browser runs on. */
  timeZone?: string
}

/** A window of the browser, with what went wrong in it. */
export interface Visit {
  page: Page
  /** Errors of the console and of scripts, blocked loads, requests to elsewhere since it was last asked; a line each. */
  faults(): string[]
  /** axe works by timers, which a window without JavaScript does not have. */
  hasScript: boolean
  /** Compressed bytes with headers as they came over the wire while `act` went on, and what they were for. */
  weigh(act: () => Promise<unknown>): Promise<Weight>
  close(): Promise<void>
}

export interface Weight {
  bytes: number
  requests: { url: string; bytes: number }[]
}

/**
 * One real Chromium for the tests of a file, started before the first. Every window is a profile of its own. Closed
 * with whatever is still open when the last has ended.
 */
export function useBrowser(): { open(wanted?: PageWanted): Promise<Visit> } {
  let browser: Browser | undefined
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: getProgram('chromium'), args: ['--no-sandbox'] })
  })
  afterAll(() => browser?.close())
  return { open: (wanted = {}) => openVisit(browser as Browser, wanted) }
}

async function openVisit(browser: Browser, wanted: PageWanted): Promise<Visit> {
  const { width = DESK, colorScheme = 'light', javaScript = true, language = 'en', cookie, timeZone } = wanted
  const options: BrowserContextOptions = {
    viewport: { width, height: width < 600 ? 740 : 900 },
    colorScheme,
    javaScriptEnabled: javaScript,
    locale: language,
    reducedMotion: 'reduce',
    ...(timeZone === undefined ? {} : { timezoneId: timeZone }),
  }
  const context = await browser.newContext(options)
  if (cookie) await context.addCookies([cookie])
  // A machine that is busy is no fault of a page.
  context.setDefaultTimeout(60_000)
  const page = await context.newPage()
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(`script: ${error.message}`))
  page.on('console', (message) => {
    const { url } = message.location()
    // A page or frame that is itself an answer of 4xx says so here too: its status is looked at where it is opened. A picture of
    // an email, in its frame, may be away.
    const isStatus = /^Failed to load resource: the server responded with a status of/.test(message.text())
    const isOther = /^Failed to load resource/.test(message.text()) && !isOurs(url)
    const isFramed = page.frames().some((frame) => frame.url() === url)
    if (message.type() === 'error' && !isOther && !(isStatus && isFramed))
      faults.push(`console: ${message.text()} (${url})`)
  })
  page.on('request', (request) => {
    // An email in its frame shows what its readers will see, from wherever it is.
    const isPage = request.frame() === page.mainFrame()
    if (isPage && !isOurs(request.url())) faults.push(`asked elsewhere: ${request.url()}`)
  })
  return {
    page,
    hasScript: javaScript,
    faults: () => faults.splice(0),
    weigh: (act) => weigh(page, act),
    close: () => context.close(),
  }
}

function isOurs(url: string): boolean {
  const { hostname, protocol } = new URL(url)
  return protocol === 'data:' || hostname === 'localhost' || hostname === '127.0.0.1'
}

async function weigh(page: Page, act: () => Promise<unknown>): Promise<Weight> {
  const session = await page.context().newCDPSession(page)
  const urls = new Map<string, string>()
  const requests: Weight['requests'] = []
  session.on('Network.requestWillBeSent', ({ requestId, request }) => urls.set(requestId, request.url))
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) =>
    requests.push({ url: urls.get(requestId) ?? requestId, bytes: encodedDataLength }),
  )
  await session.send('Network.enable')
  await act()
  await page.waitForLoadState('load')
  await session.detach()
  return { bytes: requests.reduce((sum, { bytes }) => sum + bytes, 0), requests }
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface AxeNode {
  target: unknown[]
  html: string
  failureSummary?: string
}

/**
 * What axe finds wrong with the page as it stands, a line each; every rule it has, the size of targets too. The source
 * is run from outside the page, so the page's own policy holds while it is looked at.
 * @param only these rules; none named: all of them
 */
async function findViolations(page: Page, only: readonly string[] = []): Promise<string[]> {
  // The page may be another than a moment ago: it is asked for in the same breath as it is used.
  const run = () =>
    page.evaluate(async (names) => {
      const { axe } = globalThis as unknown as {
        axe?: { run(options: object): Promise<{ violations: { id: string; help: string; nodes: AxeNode[] }[] }> }
      }
      const found = await axe?.run({
        resultTypes: ['violations'],
        iframes: false,
        ...(names.length > 0 ? { runOnly: names } : { rules: { 'target-size': { enabled: true } } }),
      })
      return found?.violations.map(({ id, help, nodes }) => ({ id, help, nodes }))
    }, only)
  let violations = await run()
  while (violations === undefined) {
    await page.evaluate(AXE)
    violations = await run()
  }
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(
      ({ target, html, failureSummary = '' }) =>
        `${id}: ${help}\n  at ${target.join(' ')}\n  ${html.slice(0, 200)}\n  ${failureSummary.replaceAll('\n', '\n  ')}`,
    ),
  )
}

/** What sticks out sideways of the window, or nothing. */
async function findSidewaysScroll(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(SIDEWAYS)
}

// As text: the project's types know no document.
const SIDEWAYS = `(() => {
  const root = document.documentElement
  if (root.scrollWidth <= root.clientWidth) return []
  const wide = [...document.querySelectorAll('body *')].filter((element) => {
    const box = element.getBoundingClientRect()
    return box.width > 0 && (box.right > root.clientWidth + 1 || box.left < -1)
  })
  const named = wide.map((element) => element.tagName.toLowerCase() + '.' + (element.getAttribute('class') || element.id))
  return [root.scrollWidth + ' of ' + root.clientWidth + ' pixels', ...named.slice(0, 10)]
})()`

/** Nothing wrong with the page as it stands: for people who see, hear or feel it, and for the browser. */
export async function expectSound(visit: Visit, named: string, only: readonly string[] = []): Promise<void> {
  if (visit.hasScript) expect(await findViolations(visit.page, only), named).toEqual([])
  expect(await findSidewaysScroll(visit.page), named).toEqual([])
  expect(visit.faults(), named).toEqual([])
}

/** What a language of the other direction would do to the page: the console itself is English. */
async function turn(page: Page, direction: 'ltr' | 'rtl'): Promise<void> {
  await page.evaluate((dir) => {
    const { document } = globalThis as unknown as { document: { documentElement: { dir: string } } }
    document.documentElement.dir = dir
  }, direction)
}

/** All that the dark can change; what the size of a phone changes is looked at in the light. */
const OF_COLOURS = ['color-contrast', 'link-in-text-block']

/**
 * The same on a desk, in the dark, on a phone, turned from right to left, and without sideways scroll on the narrowest;
 * the window comes back.
 */
export async function expectSoundEverywhere(visit: Visit, named: string): Promise<void> {
  const { page } = visit
  const size = page.viewportSize() ?? { width: DESK, height: 900 }
  await expectSound(visit, `${named} on a desk`)
  await page.emulateMedia({ colorScheme: 'dark' })
  await expectSound(visit, `${named} in the dark`, OF_COLOURS)
  await page.setViewportSize({ width: PHONE, height: 740 })
  await expectSound(visit, `${named} in the dark on a phone`, OF_COLOURS)
  await page.emulateMedia({ colorScheme: 'light' })
  await turn(page, 'rtl')
  await expectSound(visit, `${named} from right to left on a phone`)
  await page.setViewportSize({ width: NARROWEST, height: 740 })
  expect(await findSidewaysScroll(page), `${named} from right to left on the narrowest phone`).toEqual([])
  await turn(page, 'ltr')
  expect(await findSidewaysScroll(page), `${named} on the narrowest phone`).toEqual([])
  await page.setViewportSize(size)
}
