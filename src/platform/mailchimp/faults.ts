import { Upstream } from '../../lib/errors.ts'
import { isObject, type Json, parseJson } from './answers.ts'
import { quote } from './words.ts'

/** What is asked, such as 'GET /lists/{list_id}', and where: both may be shown. */
export interface Asked {
  call: string
  host: string
}

/** What an answer other than 2xx means. A text without Mailchimp's own JSON comes from something before its API. */
export function faultOf(asked: Asked, status: number, text: string): Upstream {
  const problem = readProblem(text)
  if (status === 429 || (status === 403 && !problem)) return busy(asked, status)
  if (status === 401) return keyRefused(asked, problem)
  if (status >= 500 || status < 400 || !problem) {
    return unreachable(
      asked,
      `it answered ${status}${problem ? `: ${wordsOf(problem)}` : ' without the JSON of its API'}`,
    )
  }
  if (status === 404) return missing(asked, wordsOf(problem))
  const words = wordsOf(problem)
  if (isCompliance(`${problem.title ?? ''} ${words}`)) {
    return new Upstream(
      'mailchimp_compliance',
      `Mailchimp does not take this contact back: ${words} Only its owner can come back, by a sign-up form of the audience.`,
      { retryable: false },
    )
  }
  return new Upstream('mailchimp_refused', `Mailchimp refused this (${asked.call}, ${status}): ${words}`, {
    retryable: false,
  })
}

export function unreachable({ host }: Asked, reason: string): Upstream {
  const centre = /^(\w+)\.api\.mailchimp\.com$/.exec(host)?.[1]
  const known = reason.includes('ENOTFOUND') && centre ? ` Does the key really end in -${centre}?` : ''
  return new Upstream(
    'mailchimp_unreachable',
    `Mailchimp (${host}) cannot be reached: ${reason}.${known || ' It is tried again later; see status.mailchimp.com if it stays so.'}`,
    { retryable: true },
  )
}

/** Or the audience, campaign, tag or contact that an id names is not there. */
export function missing({ call }: { call: string }, words: string): Upstream {
  return new Upstream(
    'mailchimp_missing',
    `Mailchimp does not have what was asked for (${call}): ${words} It may have been deleted there.`,
    { retryable: false },
  )
}

export function refused(words: string): Upstream {
  return new Upstream('mailchimp_refused', words, { retryable: false })
}

/** Whether an error is one of ours with this code. */
export function isFault(error: unknown, ...codes: string[]): boolean {
  return error instanceof Upstream && codes.includes(error.code)
}

/** Whether only the owner of an address can bring it back: it left, was cleaned, or was deleted for good. */
export function isCompliance(words: string): boolean {
  return /compliance state|permanently deleted|forgotten email|must (re-?)?subscribe|unsubscribe, bounce/i.test(words)
}

function keyRefused({ host }: Asked, problem: Json | undefined): Upstream {
  const said = problem ? ` It says: ${wordsOf(problem)}` : ''
  return new Upstream(
    'mailchimp_key_refused',
    `Mailchimp (${host}) does not know the key. Make a new one there under Profile, Extras, API keys, set MAILCHIMP_API_KEY to the whole of it, then start again.${said}`,
    { retryable: false },
  )
}

function busy({ host }: Asked, status: number): Upstream {
  return new Upstream(
    'mailchimp_busy',
    `Mailchimp (${host}) is busy: it answered ${status}. It is tried again later; other programs that use this account may hold its connections.`,
    { retryable: true },
  )
}

/** Mailchimp's own account of an error (its "problem" documents), or undefined when the text is something else. */
function readProblem(text: string): Json | undefined {
  let value: unknown
  try {
    value = parseJson(text)
  } catch {
    return undefined
  }
  return isObject(value) && (typeof value.title === 'string' || typeof value.detail === 'string') ? value : undefined
}

function wordsOf(problem: Json): string {
  const fields = Array.isArray(problem.errors) ? problem.errors.filter(isObject) : []
  const said = fields.slice(0, 5).map(({ field, message }) => [field, message].filter(Boolean).join(': '))
  const words = quote([problem.detail || problem.title, ...said].join(' · ')) || 'no reason given'
  return /[.!?…]$/.test(words) ? words : `${words}.`
}
