import type { Plan, PlanItem, PlanKind } from '../../features/mailchimp/index.ts'
import type { Badge } from '../participants/words.ts'
import { formatCount } from '../present/numbers.ts'
import { presentTime } from '../present/time.ts'
import { presentPerson, type Reader } from './show.ts'
import { isBegun, type Stage } from './stage.ts'
import { wordsOfTrouble } from './words.ts'

const KINDS: Record<PlanKind, { said: string; title: string; does: string }> = {
  new: { said: 'new', title: 'New', does: 'They are added, and subscribed.' },
  changed: { said: 'changed', title: 'Changed', does: 'Names, round, state and the like are corrected there.' },
  tagged: { said: 'to tag', title: 'Tags', does: 'Tags of rounds and states are put on or taken off.' },
  archived: {
    said: 'to archive',
    title: 'To archive',
    does: 'They are taken out of the audience without being unsubscribed: they are in no round that counts, or must get no campaigns.',
  },
  deleted: {
    said: 'to delete',
    title: 'To delete',
    does: 'They were erased here, so they are deleted there for good.',
  },
  taken: {
    said: 'to take over',
    title: 'To take over from there',
    does: 'Changed or left there, and not here: it is so here too.',
  },
  clashes: {
    said: 'changed on both sides',
    title: 'Changed on both sides',
    does: 'The newer one is kept; both are shown under “clashes to look at”, where the other can be kept instead.',
  },
  for_person: {
    said: 'for a person',
    title: 'For a person',
    does: 'A machine must not decide these. After the sync each is under “People to see to”, with what can be done.',
  },
}
const ORDER = Object.keys(KINDS) as PlanKind[]

/** From what the plan is made, where there is no time of a whole reading. */
const SOURCES: Record<Exclude<Stage, 'settled'>, string> = {
  unread: 'Nothing has been read there yet: contacts that are in the audience already are not known.',
  read: 'Told from what was read there last. Nothing of people is written there before somebody begins the first sync.',
  begun: 'Told from what is known: the next sync reads everybody there first.',
}

/** View model of mailchimp/plan. */
export function presentPlan({ read_at, counts, first }: Plan, stage: Stage, reader: Reader) {
  const found = ORDER.filter((kind) => counts[kind] > 0)
  return {
    sentence: sayPlan(counts),
    source: stage === 'settled' ? '' : SOURCES[stage],
    read: read_at && presentTime(read_at, reader.zone),
    whole: read_at === null ? 'yes' : 'no',
    is_begun: isBegun(stage),
    // Of an audience that was never read nobody knows what it would do.
    may_sync: stage === 'read' || (stage !== 'unread' && found.length > 0),
    button: isBegun(stage) ? 'Sync now' : 'Begin the first sync',
    groups: found.map((kind) => {
      const people = (first[kind] ?? []).map((one) => ({ ...presentPerson(one, reader), why: whyOf(one) }))
      const left = counts[kind] - people.length
      return {
        id: kind,
        title: `${KINDS[kind].title}: ${formatCount(counts[kind])}`,
        does: KINDS[kind].does,
        people,
        more: people.length > 0 && left > 0 ? `and ${formatCount(left)} more` : '',
      }
    }),
  }
}

const whyOf = ({ kind, words }: PlanItem) =>
  kind === 'for_person' ? wordsOfTrouble(words.replaceAll(' ', '_')).text : words

/** Such as "412 new, 30 changed, 7 to archive, 3 for a person." */
function sayPlan(counts: Partial<Record<PlanKind, number>>): string {
  const parts = ORDER.filter((kind) => (counts[kind] ?? 0) > 0).map(
    (kind) => `${formatCount(counts[kind] ?? 0)} ${KINDS[kind].said}`,
  )
  return parts.length === 0 ? 'Nothing would change.' : `${parts.join(', ')}. Nothing of it is written yet.`
}

/** Of each kind what is to be done, and what differs when there are no other words for it. */
const TO_DO: Record<PlanKind, Badge & { differs: string }> = {
  new: { tone: 'info', text: 'to add', differs: 'Not there yet' },
  changed: { tone: 'info', text: 'to change', differs: '' },
  tagged: { tone: 'info', text: 'to tag', differs: '' },
  archived: { tone: 'quiet', text: 'to archive', differs: 'There, and not to be any more' },
  deleted: { tone: 'bad', text: 'to delete', differs: 'Erased here, and still there' },
  taken: { tone: 'wait', text: 'to take over', differs: '' },
  clashes: { tone: 'wait', text: 'clash', differs: '' },
  for_person: { tone: 'wait', text: 'for a person', differs: '' },
}

/** One row of the drift report. */
export function presentDrifting(item: PlanItem, reader: Reader) {
  const { tone, text, differs } = TO_DO[item.kind]
  return { person: presentPerson(item, reader), badge: { tone, text }, words: item.words || differs }
}
