import type { DeliveryState } from '../../features/deliveries/index.ts'
import { hasFailed, presentHandedOver, sayHandOver } from './present-handed-over.ts'
import { recipientsOf } from './present-list.ts'
import { outlookOf } from './present-outlook.ts'
import { whyNothingLeaves } from './present-standstill.ts'
import { type ProgressFacts, waitingOf } from './progress.ts'
import { CAMPAIGN_STATES, DELIVERY_TONES, number, people, percentOf, subjectOf, type Tone } from './wording.ts'

export interface ProgressReader {
  zone: string
  writes: boolean
  reads_people: boolean
}

/** Polls of the fragment so far, and the state that it showed. */
export interface Seen {
  polls: number
  state: string
}

/** Two seconds for a minute, then ten. */
const QUICK_POLLS = 30
const SOON_MS = 15_000

/** View model of campaigns/_progress. */
export function presentProgress(facts: ProgressFacts, input: { reader: ProgressReader; seen: Seen; now: Date }) {
  const { campaign, counts } = facts
  const { reader, seen, now } = input
  const recipients = recipientsOf(counts)
  const percent = percentOf(counts.accepted, recipients)
  const waits = waitingOf(counts) > 0
  const live =
    (waits && campaign.state !== 'draft') ||
    (!isAutomatic(campaign) && ['scheduled', 'sending', 'paused'].includes(campaign.state))
  const polls = seen.state === campaign.state ? seen.polls + 1 : 0
  const beginning = isBeginning(facts, now)
  const isThere = isAtMailchimp(campaign)
  return {
    id: campaign.id,
    url: live ? `/console/campaigns/${campaign.id}/progress?polls=${polls}&state=${campaign.state}` : '',
    every: polls < QUICK_POLLS || beginning ? '2s' : '10s',
    page_title: titleOf(facts, percent),
    badge: badgeOf(facts),
    sentence: isThere
      ? sayHandOver(facts, recipients, { zone: reader.zone, now })
      : sentenceOf(facts, recipients, percent),
    outlook: live && !isThere ? outlookOf(facts, { ...reader, now }) : '',
    announcement: announcementOf(facts, percent),
    accepted: counts.accepted,
    recipients,
    has_recipients: recipients > 0 && (!isThere || counts.accepted > 0),
    close:
      campaign.state === 'sending' && !isAutomatic(campaign) ? 'You may close this page: it goes on without you.' : '',
    standstill: live ? whyNothingLeaves(facts, { zone: reader.zone, now }) : [],
    figures: figuresOf(facts, recipients, reader),
    handed: facts.handed.map((one) => presentHandedOver(one, reader.zone)),
    ...controlsOf(facts, reader.writes),
  }
}

/** Handed over, or about to be. */
const isAtMailchimp = ({ channel, frozen_at }: ProgressFacts['campaign']) =>
  channel === 'mailchimp' && frozen_at !== null

/** It stays open: it is on or off, and each copy goes when its event happens. */
const isAutomatic = ({ automatic_key }: ProgressFacts['campaign']) => automatic_key !== null

function badgeOf({ campaign, handed }: ProgressFacts): { text: string; tone: Tone } {
  const { state, switched_off_at } = campaign
  if (state !== 'cancelled' && hasFailed(handed)) return { text: 'failed', tone: 'bad' }
  if (!isAutomatic(campaign) || state === 'paused') return CAMPAIGN_STATES[state] ?? { text: state, tone: 'quiet' }
  return switched_off_at === null ? { text: 'on', tone: 'good' } : { text: 'off', tone: 'quiet' }
}

/** Nothing has left yet, and the hold or the wait ends soon enough to be watched. */
function isBeginning({ campaign, starts_at }: ProgressFacts, now: Date): boolean {
  return campaign.state === 'scheduled' && starts_at !== null && starts_at.getTime() - now.getTime() < SOON_MS
}

function titleOf({ campaign }: ProgressFacts, percent: number): string {
  const subject = subjectOf(campaign.subject)
  if (isAtMailchimp(campaign)) return `Report: ${subject}`
  if (campaign.state === 'sending' && !isAutomatic(campaign)) return `(${percent} %) Sending… ${subject}`
  if (campaign.state === 'paused') return `(${percent} %) Paused: ${subject}`
  return `Report: ${subject}`
}

/** Such as "612 of 1,008 accepted (61 %), 3 deferred, 1 rejected." */
function sentenceOf({ campaign, counts }: ProgressFacts, recipients: number, percent: number): string {
  if (isAutomatic(campaign) && recipients === 0) return 'Nobody has had it yet.'
  if (campaign.frozen_at === null && !isAutomatic(campaign)) {
    return campaign.state === 'cancelled' ? 'It was cancelled before it was scheduled.' : 'It is not scheduled yet.'
  }
  const rest = (['deferred', 'rejected', 'uncertain', 'held', 'cancelled'] as const)
    .filter((state) => counts[state] > 0)
    .map((state) => `, ${number(counts[state])} ${state}`)
  return `${number(counts.accepted)} of ${number(recipients)} accepted (${percent} %)${rest.join('')}.`
}

/** What is read out: only when another quarter is reached, so that nobody is talked to all the time. */
function announcementOf({ campaign, counts }: ProgressFacts, percent: number): string {
  if (campaign.state === 'done') return `Done: ${people(counts.accepted)} accepted.`
  if (campaign.state === 'cancelled') return 'Cancelled.'
  if (campaign.state === 'paused') return 'Paused.'
  const quarter = Math.floor(percent / 25) * 25
  return quarter === 0 ? '' : `${quarter} % accepted.`
}

/** As they are read: what has come of it, what still waits, what a person must look at, what never was to be. */
const IN_ORDER: DeliveryState[] = [
  ...(['accepted', 'queued', 'claimed', 'sending', 'deferred'] as const),
  ...(['held', 'uncertain', 'rejected', 'cancelled', 'skipped'] as const),
]

export interface Figure {
  state: string
  count: string
  tone: Tone
  base: string
  href: string
}

function figuresOf({ campaign, counts }: ProgressFacts, recipients: number, reader: ProgressReader): Figure[] {
  if (campaign.frozen_at === null && (!isAutomatic(campaign) || recipients + counts.skipped === 0)) return []
  const all = isAutomatic(campaign)
    ? `${number(recipients)} ${recipients === 1 ? 'copy' : 'copies'}`
    : people(recipients)
  const shown = IN_ORDER.filter((state) => counts[state] > 0 || state === 'accepted')
  return shown.map((state) => ({
    state: state === 'held' && isAtMailchimp(campaign) ? 'at Mailchimp' : state,
    count: number(counts[state]),
    tone: DELIVERY_TONES[state] ?? 'quiet',
    base: state === 'skipped' ? (isAutomatic(campaign) ? 'beside them' : 'beside the recipients') : `of ${all}`,
    href: reader.reads_people && counts[state] > 0 ? `/console/campaigns/${campaign.id}/people?state=${state}` : '',
  }))
}

function controlsOf({ campaign, counts, handed }: ProgressFacts, writes: boolean) {
  const { state } = campaign
  const none = counts.accepted + counts.rejected + counts.uncertain + counts.deferred === 0
  const isThere = isAtMailchimp(campaign)
  const running = !isAutomatic(campaign) && (state === 'scheduled' || state === 'sending')
  return {
    may_pause: writes && running && !isThere,
    may_resume:
      writes && !isThere && (state === 'paused' || (counts.held > 0 && state !== 'cancelled' && state !== 'draft')),
    resume_text: state === 'paused' ? 'Resume' : `Let the ${number(counts.held)} held go`,
    /** Nothing has left: one press takes it back. */
    may_take_back: writes && state === 'scheduled' && none,
    may_cancel: writes && !isAutomatic(campaign) && (state === 'sending' || state === 'paused'),
    may_copy: writes && state === 'cancelled',
    may_hand_over: writes && isThere && state !== 'cancelled' && hasFailed(handed),
    may_decide: writes && counts.uncertain > 0,
    uncertain: people(counts.uncertain),
    uncertain_verb: counts.uncertain === 1 ? 'is' : 'are',
  }
}
