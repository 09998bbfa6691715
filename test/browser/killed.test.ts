import { chromium } from 'playwright-core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { signInCookie } from '../support/browser-service.ts'
import { PATIENCE } from '../support/eventually.ts'
import { getProgram, isMissing } from '../support/programs.ts'
import { BODY, useEditor, value } from './editor-page.ts'

/** Just short of a second save: the moment at which most is unsaved. */
const WRITTEN_MS = 15_500
const MOST_LOST_MS = 10_000
/** Four words a second, as somebody types who never stops. */
const PACE_MS = 250

describe.skipIf(isMissing('chromium'))('a browser that is killed', { timeout: PATIENCE }, () => {
  const { browser, draft, officer, service, textOf } = useEditor()

  test('has lost the words of its last ten seconds at most', async () => {
    const id = await draft({ body_markdown: '' })
    const url = `${service.url}/console/campaigns/${id}`
    const server = await chromium.launchServer({ executablePath: getProgram('chromium'), args: ['--no-sandbox'] })
    onTestFinished(() => server.kill())
    const context = await (await chromium.connect(server.wsEndpoint())).newContext()
    await context.addCookies([officer()])
    const page = await context.newPage()
    await page.goto(url)
    await page.waitForSelector('#toolbar:not([hidden])')
    await page.focus(BODY)
    const typed: { word: string; at: number }[] = []
    const from = performance.now()
    while (performance.now() - from < WRITTEN_MS) {
      const word = `word${typed.length}`
      await page.keyboard.type(`${word} `)
      typed.push({ word, at: performance.now() })
      await page.waitForTimeout(PACE_MS)
    }
    const killed = performance.now()
    await server.kill()

    const kept = (await textOf(id)).body_markdown.split(' ')
    const due = typed.filter(({ at }) => at < killed - MOST_LOST_MS).map(({ word }) => word)
    expect(due.length).toBeGreaterThan(5)
    expect(kept.slice(0, due.length)).toEqual(due)
    // It was killed in the middle of writing, not after a save of everything.
    expect(kept).not.toContain(typed.at(-1)?.word)

    const next = await browser.open({ cookie: await signInCookie(service, 'communications_officer') })
    onTestFinished(() => next.close())
    await next.page.goto(url)
    expect((await value(next.page)).trim().split(' ')).toEqual(kept.filter((word) => word !== ''))
  })
})
