import { nameLanguage } from '../../lib/languages.ts'
import { formatCount } from '../present/numbers.ts'

type Result = Record<string, unknown>

interface KindWords {
  /** What it is, as a noun that begins a sentence. */
  noun: string
  /** What it does, for a title. */
  doing: string
  /** What came of it, in sentences. */
  result(result: Result): string[]
}

const KINDS: Record<string, KindWords> = {
  import: { noun: 'An import', doing: 'Importing', result: sayImport },
  matching: { noun: 'A matching run', doing: 'Matching', result: sayMatching },
  'mailchimp-sync': { noun: 'A sync with Mailchimp', doing: 'Syncing with Mailchimp', result: saySync },
  'mailchimp-hand-over': {
    noun: 'A hand-over to Mailchimp',
    doing: 'Handing over to Mailchimp',
    result: sayHandOver,
  },
  'mailchimp-take-back': {
    noun: 'Taking a campaign back from Mailchimp',
    doing: 'Taking back from Mailchimp',
    result: sayHandOver,
  },
  load_demo: {
    noun: 'Loading the demo data',
    doing: 'Loading demo data',
    result: ({ round, topics }) => [`Round ${round} is there, with ${topics} topic emails as drafts.`],
  },
}

const UNKNOWN: KindWords = { noun: 'Long work', doing: 'Working', result: () => [] }
const of = (kind: string) => (Object.hasOwn(KINDS, kind) ? (KINDS[kind] as KindWords) : UNKNOWN)

export const nounOfJob = (kind: string) => of(kind).noun
export const doingOfJob = (kind: string) => of(kind).doing

/** What came of work that has ended; empty when it left nothing to say. */
export function resultOfJob(kind: string, result: unknown): string[] {
  return typeof result === 'object' && result !== null ? of(kind).result(result as Result) : []
}

function sayImport(result: Result): string[] {
  const count = (key: string) => formatCount(Number(result[key] ?? 0))
  if (Array.isArray(result.errors)) return result.errors.map((error: { message?: string }) => error.message ?? '')
  const dry = result.dry_run === true
  const lines = [
    `${count('rows')} rows were read: ${count('created')} new applicants, ${count('updated')} updated, ${count('unchanged')} unchanged, ${count('resubmitted')} older forms of the same people.`,
  ]
  if (Number(result.faulty_count) > 0)
    lines.push(`${count('faulty_count')} faults were found; faulty rows are left out.`)
  if (dry) lines.push('It was a dry run: nothing was changed.')
  return lines
}

function sayMatching({ cardinality, unmatched, proven_optimal }: Result): string[] {
  if (typeof cardinality !== 'number') return []
  const left = Number(unmatched ?? 0)
  const rest =
    left === 0 ? 'nobody is left over' : `${formatCount(left)} ${left === 1 ? 'person is' : 'people are'} left over`
  const proof = proven_optimal === true ? ['It is proven to be the best there is.'] : []
  return [`${formatCount(cardinality)} proposals were found; ${rest}.`, ...proof]
}

/** What each figure of a sync is called, and of one that only looked; those that are 0 are left out. */
const SYNCED = {
  new: ['added', 'new'],
  changed: ['changed', 'to change'],
  tagged: ['tagged', 'to tag'],
  archived: ['archived', 'to archive'],
  deleted: ['deleted', 'to delete'],
  taken: ['taken over from there', 'to take over from there'],
  clashes: ['changed on both sides', 'changed on both sides'],
  stopped: ['left there and no longer mailed', 'left there and no longer mailed'],
  for_person: ['for a person', 'for a person'],
} as const

function saySync(result: Result): string[] {
  const dry = result.dry_run === true
  const count = (key: string) => Number(result[key] ?? 0)
  const found = Object.entries(SYNCED)
    .filter(([key]) => count(key) > 0)
    .map(([key, [done, planned]]) => `${formatCount(count(key))} ${dry ? planned : done}`)
  const none = dry ? 'Nothing would change' : 'Nothing had to be changed'
  const calls = `${formatCount(count('calls'))} ${count('calls') === 1 ? 'call' : 'calls'} to Mailchimp`
  const lines = [`${found.length === 0 ? none : found.join(', ')}; ${calls}.`]
  return dry ? [...lines, 'It was a dry run: nothing was changed there.'] : lines
}

/** How each language of a campaign stands there. */
function sayHandOver({ waits, languages }: Result): string[] {
  if (waits === true) return ['Somebody was about it at that moment: what was left is done after.']
  const rows = Array.isArray(languages) ? (languages as { language: string; state: string; recipients: number }[]) : []
  return rows.map(({ language, state, recipients }) => {
    const whom = `${formatCount(recipients)} ${recipients === 1 ? 'recipient' : 'recipients'}`
    return `${nameLanguage(language)}: ${STANDINGS[state] ?? state}, for ${whom}.`
  })
}

const STANDINGS: Record<string, string> = { making: 'being made', ready: 'made, not scheduled yet' }
