import { COUNTED, type DecisionNeed, type DraftNeed, type LiveCampaign } from '../../features/campaigns/index.ts'
import type { SendingTrouble } from '../../features/deliveries/index.ts'
import type { ImportNeed } from '../../features/imports/index.ts'
import type { MailchimpNeeds } from '../../features/mailchimp/index.ts'
import { nounOfJob } from '../jobs/words.ts'
import { presentTime } from '../present/time.ts'
import { daysUntil, dueWords } from './days.ts'
import { type MatchingFacts, needsOfMatching } from './matching.ts'
import type { Need } from './need.ts'
import { needsOfHandOver, needsOfMailchimp } from './needs-of-mailchimp.ts'
import { needsOfConfirmation, needsOfDuplicates, needsOfInbox, needsOfMailboxes } from './needs-of-replies.ts'
import type { ReplyFacts } from './replies.ts'

/** What was found; what a role may not see is empty. */
export interface NeedFacts {
  trouble: SendingTrouble
  drafts: DraftNeed[]
  /** Ids of drafts to more people than may go without a second person's word. */
  second_person: number[]
  live: LiveCampaign[]
  decisions: DecisionNeed[]
  imports: ImportNeed[]
  failed_jobs: { id: number; kind: string; error: string | null }[]
  matching: MatchingFacts | null
  replies: ReplyFacts
  /** Other services that are told nothing more, for a reason of theirs. */
  webhooks: { id: number; disabled_why: string | null }[]
  mailchimp: MailchimpNeeds | null
}

/** For whom: their name in the log of who wrote what, and their clock. */
export interface Reader {
  name: string
  /** Whether they may change campaigns. */
  writes: boolean
  time_zone: string
  now: Date
}

/** The most urgent first: mail that does not leave, decisions, missed plans, what is due by its day, the rest. */
export function listNeeds(facts: NeedFacts, reader: Reader): Need[] {
  const { trouble, decisions, replies } = facts
  const elsewhere = listElsewhere(facts)
  const own = facts.drafts.filter(({ id }) => !elsewhere.includes(id))
  const drafts = own.map((draft) => needOfDraft(draft, facts.second_person.includes(draft.id), reader))
  return [
    ...needsOfSender(trouble, reader),
    ...needsOfMailboxes(replies, reader),
    ...needsOfHandOver(facts.mailchimp),
    ...decisions.filter(({ state }) => state !== 'rejected').map(needOfDecision),
    ...drafts.filter(({ urgent }) => urgent).map(({ need }) => need),
    ...needsOfInbox(replies, reader),
    ...needsOfConfirmation(replies, reader),
    ...needsOfMatching(facts.matching),
    ...facts.live.map((row) => needOfLive(row, reader)),
    ...drafts.filter(({ urgent }) => !urgent).map(({ need }) => need),
    ...facts.imports.map((row) => needOfImport(row, reader)),
    ...trouble.stopped_domains.slice(0, MOST_DOMAINS).map(needOfDomain),
    ...facts.failed_jobs.map(needOfJob),
    ...facts.webhooks.map(needOfWebhook),
    ...needsOfMailchimp(facts.mailchimp, reader),
    ...needsOfDuplicates(replies),
    ...decisions.filter(({ state }) => state === 'rejected').map(needOfDecision),
  ]
}

/** Drafts that have a page and a need of their own, or leave by themselves: introduction, request to confirm, reminders. */
function listElsewhere(facts: NeedFacts): number[] {
  const { matching, replies } = facts
  const own = [matching?.introduction?.campaign_id, replies.confirmation?.summary.draft_id]
  return [...own.filter((id) => typeof id === 'number'), ...listByItself(facts)]
}

/** Drafts that leave by themselves once their time has come. */
export function listByItself({ replies }: Pick<NeedFacts, 'replies'>): number[] {
  const reminders = replies.confirmation?.summary.reminders ?? []
  return reminders.filter(({ sends_itself }) => sends_itself).map(({ campaign_id }) => campaign_id)
}

const MOST_DOMAINS = 5
const NONE = { before: '', subject: '', after: '', detail: '' }

function needsOfSender({ closed, trouble }: SendingTrouble, { time_zone }: Reader): Need[] {
  const href = '/console/settings/sending'
  const needs: Need[] = []
  if (trouble) {
    const since = presentTime(trouble.since, time_zone).text
    const before = 'The mail server cannot be used: nothing leaves'
    needs.push({ ...NONE, before, href, detail: `Since ${since}. ${trouble.words}`, tone: 'bad', badge: 'not sending' })
  }
  if (closed) {
    const before = 'The mail provider has closed the account for a while'
    const detail = `Until ${presentTime(closed.until, time_zone).text}; then it goes on by itself. ${closed.words}`
    needs.push({ ...NONE, before, href, detail, tone: 'bad', badge: 'not sending' })
  }
  return needs
}

const DECISIONS = {
  uncertain: {
    is: ['is uncertain: decide', 'are uncertain: decide'],
    detail: 'We cannot know whether the mail server took responsibility.',
    tone: 'bad',
    badge: 'to decide',
  },
  held: {
    is: ['is held: let it go or cancel', 'are held: let them go or cancel'],
    detail: 'They were late, or may have left already, or their domain refuses us.',
    tone: 'bad',
    badge: 'to decide',
  },
  rejected: {
    is: ['was rejected: look at why', 'were rejected: look at why'],
    detail: 'They are not tried again. Their addresses may be wrong.',
    tone: 'quiet',
    badge: 'to look at',
  },
} as const

function needOfDecision({ campaign_id, subject, state, count }: DecisionNeed): Need {
  const { is, detail, tone, badge } = DECISIONS[state]
  const figure = count > COUNTED ? `More than ${COUNTED.toLocaleString('en')}` : count.toLocaleString('en')
  return {
    before: `${figure} ${count === 1 ? 'delivery' : 'deliveries'} of`,
    subject: subject || 'a campaign without a subject',
    after: is[count === 1 ? 0 : 1],
    href: `/console/campaigns/${campaign_id}/people?state=${state}`,
    ...{ detail, tone, badge },
  }
}

/** A draft that is past its time, or that has no text and is due within so many days, comes before what runs by itself. */
const SOON_DAYS = 4

function needOfDraft(draft: DraftNeed, secondPerson: boolean, reader: Reader): { need: Need; urgent: boolean } {
  const { id, planned_at, has_text } = draft
  const { now, time_zone } = reader
  const at = planned_at && presentTime(planned_at, time_zone).text
  const days = planned_at && daysUntil(planned_at, now, time_zone)
  const due = days === null ? '' : dueWords(days)
  const missed = planned_at !== null && planned_at < now
  const approved = draft.approved_version === draft.version
  const about = {
    ...(draft.subject.trim() === ''
      ? { before: 'A draft without a subject', subject: '' }
      : { before: '', subject: draft.subject }),
    detail: at === null ? 'No time is planned for it.' : `Planned for ${at}.`,
    badge: days === null ? 'ready' : missed ? 'missed' : `due ${due}`,
  }
  if (!has_text) {
    const after = missed ? `was due ${due} and has no text: write it` : `has no text, due ${due}: write it`
    const need: Need = { ...about, after, href: `/console/campaigns/${id}`, tone: missed ? 'bad' : 'wait' }
    return { need, urgent: missed || (days ?? Number.POSITIVE_INFINITY) <= SOON_DAYS }
  }
  const href = `/console/campaigns/${id}/review`
  if (secondPerson && !approved) {
    const mine = draft.written_by === reader.name
    const after = mine ? "waits for a second person's word" : "wants a second person's word: read and approve it"
    return { need: { ...about, after, href, tone: missed ? 'bad' : 'wait' }, urgent: missed }
  }
  if (missed) {
    const after = 'is past its time and still a draft: review and schedule it'
    return { need: { ...about, after, href, tone: 'bad' }, urgent: true }
  }
  return { need: { ...about, after: 'is ready: review and schedule it', href, tone: 'good' }, urgent: false }
}

function needOfLive({ id, subject, state, recipients, waiting }: LiveCampaign, { writes }: Reader): Need {
  const whole = recipients <= COUNTED
  const done = recipients - waiting
  const percent = recipients === 0 ? 100 : Math.floor((done * 100) / recipients)
  const figure = whole
    ? `${done.toLocaleString('en')} of ${recipients.toLocaleString('en')} recipients (${percent} %) are done.`
    : `It goes to more than ${COUNTED.toLocaleString('en')} people: its page counts them.`
  const paused = state === 'paused'
  return {
    before: '',
    subject: subject || 'A campaign without a subject',
    after: !paused
      ? 'is being sent: see it live'
      : writes
        ? 'is paused: resume or cancel it'
        : 'is paused: see how far it is',
    href: `/console/campaigns/${id}/report`,
    detail: figure,
    tone: paused ? 'wait' : 'info',
    badge: paused ? 'paused' : 'sending',
  }
}

function needOfImport({ id, round, file_name, step, kept_until }: ImportNeed, { time_zone }: Reader): Need {
  const name = file_name === null ? 'An upload' : `The upload ${file_name}`
  const wants = step === 'checked' ? 'was checked and waits: import it or not' : 'waits for its columns to be named'
  return {
    ...NONE,
    before: `${name} ${wants}`,
    href: `/console/rounds/${round}/imports/${id}`,
    detail: `For round ${round}. It is kept until ${presentTime(kept_until, time_zone).text}.`,
    ...{ tone: 'wait', badge: 'to decide' },
  }
}

function needOfDomain({ domain, words }: SendingTrouble['stopped_domains'][number]): Need {
  const before = `${domain} refuses our mail: nothing more goes there until a person looks`
  const href = '/console/settings/sending'
  return { ...NONE, before, href, detail: words, tone: 'bad', badge: 'stopped' }
}

function needOfJob({ id, kind, error }: NeedFacts['failed_jobs'][number]): Need {
  const before = `${nounOfJob(kind)} failed: see why`
  return { ...NONE, before, href: `/console/jobs/${id}`, detail: error ?? '', tone: 'bad', badge: 'failed' }
}

function needOfWebhook({ id, disabled_why }: NeedFacts['webhooks'][number]): Need {
  const before = 'A webhook is disabled, and its service is told nothing more: see why'
  const href = `/console/settings/webhooks/${id}`
  return { ...NONE, before, href, detail: disabled_why ?? '', tone: 'bad', badge: 'disabled' }
}
