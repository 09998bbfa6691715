import { FIRST_STEPS, type FirstRun, type FirstStep, readFirstRun } from '../../features/programme/index.ts'
import { mayDo } from '../../lib/permissions.ts'
import type { Db } from '../../platform/db/open.ts'
import type { Caller } from '../../platform/http/access.ts'

/** One of the five first steps, as the page shows it. */
export interface StepView {
  step: FirstStep
  title: string
  text: string
  state: 'done' | 'skipped' | 'to do'
  done: boolean
  skipped: boolean
  /** The next one to take. */
  current: boolean
  /** Where it is taken; '' when it is a button of the page itself, or nothing can be done yet. */
  href: string
  action: string
}

interface Known {
  /** The round that is looked at; '' while there is none. */
  round: string
  /** The draft that a test email would show; undefined when there is none. */
  draft: { id: number; subject: string } | undefined
  /** Where a test email would go; null for a director without an address. */
  address: string | null
}

/** What the task list shows. Everything but "skipped" is found from the data. */
export function presentSteps(run: FirstRun, known: Known): StepView[] {
  const open = FIRST_STEPS.find((step) => !run.done[step] && !run.skipped.includes(step))
  return FIRST_STEPS.map((step) => {
    const done = run.done[step]
    const skipped = !done && run.skipped.includes(step)
    const state = done ? 'done' : skipped ? 'skipped' : 'to do'
    return { step, ...WORDS[step](known), state, done, skipped, current: step === open }
  })
}

type Words = Pick<StepView, 'title' | 'text' | 'href' | 'action'>

const WORDS: Record<FirstStep, (known: Known) => Words> = {
  programme: () => ({
    title: 'Programme and sender',
    text: 'What the programme is called, who its email comes from, and what stands under every message.',
    href: '/console/settings',
    action: 'Open the settings',
  }),
  people: () => ({
    title: 'Who else works here',
    text: 'Everybody signs in with their own address, with no more rights than they need.',
    href: '/console/settings/people',
    action: 'Add people',
  }),
  round: () => ({
    title: 'The first round',
    text: 'Its name and its dates. They can be changed, and moved, later.',
    href: '/console/rounds/new',
    action: 'Create a round',
  }),
  first: ({ round }) => ({
    title: 'The first applicants, or the first topic email',
    text: round === '' ? 'After the first round.' : 'Upload an export of applications, or write a topic email.',
    href: round === '' ? '' : `/console/rounds/${round}/import`,
    action: 'Import applications',
  }),
  test: ({ round, draft, address }) => {
    const title = 'A test email to me'
    const none = { title, href: '', action: '' }
    if (round === '') return { ...none, text: 'After the first round: a test shows a real draft, as a reader gets it.' }
    if (address === null) {
      const text = 'We do not know your address yet.'
      return { title, text, href: '/console/settings/people', action: 'Add your address' }
    }
    if (!draft) {
      const text = 'A test shows a real draft, as a reader gets it: write one first.'
      return { title, text, href: '/console/campaigns/new', action: 'Write a topic email' }
    }
    return { ...none, text: `Sends “${draft.subject}” to ${address}, through everything that a real one goes through.` }
  },
}

/** What Home says of the first steps: undefined once all are done or skipped, or for who cannot take them. */
export async function firstRunOf({ db }: { db: Db }, { role }: Pick<Caller, 'role'>) {
  if (!mayDo(role, 'settings.write')) return null
  const run = await readFirstRun(db)
  const settled = FIRST_STEPS.filter((step) => run.done[step] || run.skipped.includes(step))
  if (run.dismissed || settled.length === FIRST_STEPS.length) return null
  return { done: settled.length, total: FIRST_STEPS.length, href: '/console/start' }
}
