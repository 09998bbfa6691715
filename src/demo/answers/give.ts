import { type CaughtMessage, getCaught, listCaught, replyToMessage } from '../../features/mailbox/index.ts'
import { PairpostError } from '../../lib/errors.ts'
import type { Db } from '../../platform/db/open.ts'
import type { Fates } from '../files.ts'
import { type Machines, openMachines } from './machine.ts'
import { readAnswerPhrases } from './phrases.ts'
import { type PlannedAnswer, planAnswer } from './plan.ts'

interface Deps {
  db: Db
}

export interface Answering {
  /** Of the built-in mailbox: replies go the way that a mail program's go. */
  smtpUrl: string
  /** Address, country and fate of everybody. */
  fates: Fates
  progress?: (done: number, total: number) => void
}

/** What was given. */
export interface GivenAnswers {
  replies: number
  links: number
  out_of_office: number
  bounces: number
  silent: number
}

const CONNECTIONS = 6

/**
 * Everybody whose request to confirm lies in the built-in mailbox answers it: by a reply over SMTP in their language with
 * the request quoted below, by the button behind the link, by a machine that is out of the office or knows no such
 * address, or not at all.
 */
export async function giveAnswers(deps: Deps, { smtpUrl, fates, progress }: Answering): Promise<GivenAnswers> {
  const phrasesOf = await readAnswerPhrases()
  const plans = new Map(
    fates.map(([address, country, fate]) => [address, planAnswer(address, fate, phrasesOf(country))]),
  )
  const machines = openMachines(smtpUrl, CONNECTIONS)
  const given: GivenAnswers = { replies: 0, links: 0, out_of_office: 0, bounces: 0, silent: 0 }
  // Listed before the first answer: notices about answers lie in the same mailbox.
  const requests = await listCaught(deps.db, { direction: 'to_participant' })
  let done = 0
  const waiting = requests.map(({ id, rcpt_to }) => async () => {
    const plan = plans.get(rcpt_to.toLowerCase())
    if (plan) await give(deps, { id, plan, smtpUrl, machines, given })
    done++
    progress?.(done, requests.length)
  })
  try {
    await Promise.all(Array.from({ length: CONNECTIONS }, () => drain(waiting)))
  } finally {
    machines.close()
  }
  return given
}

async function drain(waiting: (() => Promise<void>)[]): Promise<void> {
  for (let next = waiting.shift(); next; next = waiting.shift()) await next()
}

interface Giving {
  id: number
  plan: PlannedAnswer
  smtpUrl: string
  machines: Machines
  given: GivenAnswers
}

async function give({ db }: Deps, { id, plan: { machine, by }, smtpUrl, machines, given }: Giving): Promise<void> {
  if (machine === null && by === null) {
    given.silent++
    return
  }
  if (machine !== null) {
    await machines.answer(machine, await getCaught({ db }, { id }))
    given[machine === 'bounce' ? 'bounces' : 'out_of_office']++
  }
  if (by?.way === 'reply') {
    await replyToMessage({ db, smtpUrl }, { id, text: by.text })
    given.replies++
  } else if (by?.way === 'link') {
    await pressButton(await getCaught({ db }, { id }), by.answer)
    given.links++
  }
}

/** As a browser does: the page behind the link, and then its button. */
async function pressButton({ text }: CaughtMessage, answer: string): Promise<void> {
  const link = /https?:\/\/\S+\/p\/confirm\/[a-z2-7]+/.exec(text ?? '')?.[0]
  if (link === undefined) throw new PairpostError('demo_failed', 'The request to confirm has no link to confirm.')
  const page = await fetch(link)
  await page.body?.cancel()
  const pressed = await fetch(link, { method: 'POST', body: new URLSearchParams({ answer }) })
  await pressed.body?.cancel()
  if (!page.ok || !pressed.ok) throw new PairpostError('demo_failed', `${link} answered ${pressed.status}.`)
}
