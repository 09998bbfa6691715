import type { Locator, Page } from 'playwright-core'
import { demoTimetable } from '../../src/demo/files.ts'
import { formsOf, importRound, ROUND, readTopic } from '../journeys/round.ts'
import type { Api } from '../support/api.ts'

const DAY_MS = 86_400_000
const dayFromNow = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10)

/** A round that has begun ten days ago, with so many applicants. Returns its code. */
export async function setRound(api: Api, people: number): Promise<string> {
  await importRound(api, formsOf(people), { ...ROUND, ...demoTimetable(dayFromNow(-10)) })
  return ROUND.code
}

/** Topic 1 in its four languages, ready to be scheduled and planned for so many days from now. Returns its id. */
export async function setTopic(api: Api, subject: string, inDays: number): Promise<number> {
  const planned_at = `${dayFromNow(inDays)}T09:00:00Z`
  return (await api.post('/campaigns', { ...(await readTopic()), subject, planned_at })).id
}

/** How somebody works: with a mouse, or with the keys alone. Counts what they press and the pages they wait for. */
export interface Hands {
  /** A button, a link or a choice. */
  press(target: Locator): Promise<void>
  /** Puts the caret into a field and writes, by keys or at once. */
  write(field: Locator, value: { typed: string; filled: string }): Promise<void>
  presses: number
  loads: number
}

export function handsOn(page: Page, by: 'mouse' | 'keyboard'): Hands {
  const hands: Hands = {
    presses: 0,
    loads: 0,
    async press(target) {
      hands.presses++
      if (by === 'mouse') return target.click()
      if ((await target.getAttribute('type')) === 'radio') return choose(page, target)
      await tabTo(page, target)
      await page.keyboard.press('Enter')
    },
    async write(field, { typed, filled }) {
      if (by === 'mouse') return field.fill(filled)
      await tabTo(page, field)
      await page.keyboard.type(typed)
    },
  }
  // Of the window itself, not of a frame in it, nor of an address that changes without a page.
  page.on('domcontentloaded', () => hands.loads++)
  return hands
}

const isFocused = async (page: Page, target: Locator) => (await target.and(page.locator(':focus')).count()) === 1
const MOST_TABS = 150

/** Tab by Tab, as somebody without a mouse comes there. @throws Error when no Tab leads there */
async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let tabs = 0; tabs < MOST_TABS; tabs++) {
    if (await isFocused(page, target)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`no Tab leads to ${target}`)
}

/** One Tab leads to the choice that is made; arrows lead from it to the others. */
async function choose(page: Page, target: Locator): Promise<void> {
  const name = await target.getAttribute('name')
  await tabTo(page, page.locator(`input[name="${name}"]:checked`))
  for (let arrows = 0; arrows < 10 && !(await target.isChecked()); arrows++) await page.keyboard.press('ArrowDown')
}
