import type { DbOrTx } from '../../platform/db/open.ts'
import { HELD, SKIPPED } from '../campaigns/index.ts'
import { listTroubledMembers, type MemberRow } from './trouble-queries.ts'

/** People who were not introduced as they should have been. */
export interface IntroductionTrouble {
  /**
   * neither: nobody of them was mailed · one_only: some have it and some have not · waiting: a person decides about a
   * copy that is uncertain or held, and what has not left waits for that
   */
  kind: 'neither' | 'one_only' | 'waiting'
  /** One, or all of a mentor's. */
  partnership_ids: number[]
  campaign_id: number
  people: {
    person_id: number
    given_name: string
    family_name: string
    has_it: boolean
    /** Null when the campaign did not pick them. */
    delivery_id: number | null
    state: string | null
  }[]
  /** What happened, with their names, in whole sentences. */
  words: string
}

const MOST = 200

/** For the home page and the matching page: whom the round's introduction did not reach, and why. At most 200. */
export async function listIntroductionTroubles(db: DbOrTx, round_id: number): Promise<IntroductionTrouble[]> {
  const rows = await listTroubledMembers(db, { round_id, limit: MOST })
  return [...Map.groupBy(rows, (row) => row.together).values()].flatMap((members) => tell(members) ?? [])
}

const WAITS = ['uncertain', 'held']
const UNDER_WAY = ['queued', 'claimed', 'sending', 'deferred']

function tell(members: MemberRow[]): IntroductionTrouble | undefined {
  const [first] = members
  if (!first) return undefined
  const lacking = members.filter(({ has_it }) => !has_it)
  const isAny = (states: string[]) => lacking.some(({ state }) => state !== null && states.includes(state))
  const { partnership_ids, campaign_id } = first
  const people = members.map(({ person_id, given_name, family_name, has_it, delivery_id, state }) => {
    return { person_id, given_name, family_name, has_it, delivery_id, state }
  })
  const trouble = (kind: IntroductionTrouble['kind'], words: string) => {
    return { kind, partnership_ids, campaign_id, people, words }
  }
  if (isAny(WAITS)) return trouble('waiting', sayWaiting(members))
  // What is under way ends by itself, and a campaign that was cancelled before it began is nobody's trouble.
  if (isAny(UNDER_WAY) || lacking.length === 0) return undefined
  const has = members.filter(({ has_it }) => has_it)
  if (has.length > 0) {
    const does = lacking.length === 1 ? 'does' : 'do'
    const words = `${names(has)} ${has.length === 1 ? 'has' : 'have'} the introduction, ${names(lacking)} ${does} not.`
    return trouble('one_only', `${words} ${sayCauses(lacking)}`.trim())
  }
  if (lacking.every(({ state }) => state === 'cancelled' || state === null)) return undefined
  return trouble('neither', `${names(members)} were not introduced. ${sayCauses(members)}`.trim())
}

function sayWaiting(members: MemberRow[]): string {
  const uncertain = members.filter(({ state }) => state === 'uncertain')
  const waits = members.filter(({ held_reason }) => held_reason === 'partner_waits')
  const held = members.filter(({ state, held_reason }) => state === 'held' && held_reason !== 'partner_waits')
  const until = waits.length > 0 ? ` Until somebody decides, the copy for ${names(waits)} waits.` : ''
  const sentences = [
    ...(uncertain.length > 0 ? [`We cannot know whether the introduction reached ${names(uncertain)}.`] : []),
    ...held.map((one) => `The copy for ${nameOf(one)} is held: ${HELD[one.held_reason ?? ''] ?? one.held_reason}.`),
  ]
  // Whatever was decided a moment ago is let go by the next sweep.
  if (sentences.length === 0) return `The copy for ${names(waits)} leaves in a moment.`
  return sentences.join(' ') + until
}

/** Why, of those for whom there is a reason of their own. */
function sayCauses(members: MemberRow[]): string {
  return members.flatMap((member) => sayCause(member) ?? []).join(' ')
}

function sayCause(member: MemberRow): string | undefined {
  const { state, skipped_reason, code, words } = member
  const name = nameOf(member)
  if (state === 'rejected') {
    if (!code) return `The email to ${name} could not be made: ${words ?? 'nobody knows why.'}`
    const how = code < 500 ? 'refused each time it was tried' : 'refused for good'
    return `The email to ${name} was ${how}. The mail server said: ${words ?? code}`
  }
  if (state === 'cancelled') return `The campaign was cancelled before the turn of ${name} came.`
  if (state === null) return `${name} is not among those it is for any more.`
  if (state !== 'skipped' || skipped_reason === 'partner_unreachable') return undefined
  return `${name} was left out: ${SKIPPED[skipped_reason ?? ''] ?? skipped_reason}.`
}

const list = new Intl.ListFormat('en', { type: 'conjunction' })
const nameOf = ({ given_name, family_name }: Pick<MemberRow, 'given_name' | 'family_name'>) =>
  `${given_name} ${family_name}`.trim()
const names = (members: MemberRow[]) => list.format(members.map(nameOf))
