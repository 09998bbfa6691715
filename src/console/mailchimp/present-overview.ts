import type { Connection, Drift } from '../../features/mailchimp/index.ts'
import { APPLICATION_STATES } from '../campaigns/wording.ts'
import { presentAge } from '../present/age.ts'
import { formatCount } from '../present/numbers.ts'
import { presentTime } from '../present/time.ts'
import type { SyncView } from './present-sync.ts'
import { MAILCHIMP, type Reader } from './show.ts'
import { isBegun, type Stage, stageOf } from './stage.ts'
import { FIELD_NAMES, inRow, sayField, sayInStep } from './words.ts'

/** How far the two sides agree. */
export type Standing = Pick<Drift, 'in_step' | 'drift' | 'for_person' | 'others_there'>

/** View model of mailchimp/overview. */
export function presentOverview(
  connection: Connection,
  input: {
    standing: Standing
    clashes: { count: number; more: boolean }
    sync: SyncView
    staff: ReadonlyMap<string, string>
    reader: Reader
    has_key: boolean
  },
) {
  const { standing, clashes, sync, staff, reader } = input
  const { trouble_words, trouble_at } = connection
  const stage = stageOf(connection)
  const time = (at: Date) => presentTime(at, reader.zone)
  return {
    sentence: sentenceOf(connection, standing, { now: reader.now, goes_on: sync.running !== '' }),
    trouble:
      trouble_words === null
        ? ''
        : {
            words: trouble_words,
            at: time(trouble_at ?? reader.now),
            // Nothing is begun by itself without a key, or before somebody has.
            next: isBegun(stage) && input.has_key ? 'It is tried again by itself' : 'Once it is mended, try again',
          },
    sync,
    figures:
      stage === 'unread'
        ? []
        : [
            { name: 'in step', count: formatCount(standing.in_step), href: '' },
            {
              ...{ name: 'to be synced', count: formatCount(standing.drift) },
              href: standing.drift === 0 ? '' : `${MAILCHIMP}/drift`,
            },
            // What somebody said may stay as it is stands there too.
            {
              ...{ name: 'to see to', count: formatCount(standing.for_person) },
              // Before the first sync they are known from the plan alone.
              href: isBegun(stage) ? `${MAILCHIMP}/troubles` : `${MAILCHIMP}/plan`,
            },
            {
              ...{ name: 'clashes to look at', href: `${MAILCHIMP}/clashes` },
              count: `${formatCount(clashes.count)}${clashes.more ? ' or more' : ''}`,
            },
            ...(standing.others_there === null
              ? []
              : [{ name: 'others there, left alone', href: '', count: formatCount(standing.others_there) }]),
          ],
    list_name: connection.list_name,
    account_name: connection.account_name,
    states: sayStates(connection.states),
    tags: FIELD_NAMES.map((field) => ({ name: sayField(field), tag: connection.fields[field] ?? '' })),
    opens: connection.count_opens ? 'counted by Mailchimp, of everybody; here of those only who agreed' : 'not counted',
    webhook:
      connection.webhook_id === null
        ? 'No: it cannot reach this service. What others change there is found once a day.'
        : 'Yes, as soon as somebody changes something there',
    has_key: input.has_key,
    connected: time(connection.connected_at),
    connected_by: staff.get(connection.connected_by) ?? connection.connected_by,
  }
}

const SENTENCES: Record<Exclude<Stage, 'settled'>, { goes_on: string; stands: string }> = {
  unread: {
    goes_on: 'The audience is connected, and is being read for the first time. Nothing of people is written there yet.',
    stands: 'The audience is connected, and was not read yet. Nothing of people was written there.',
  },
  read: {
    goes_on: 'The audience is being read once more. Nothing of people is written there yet.',
    stands:
      'The audience is connected and was read; nothing of people was written there yet. Look at what the first sync would do, then begin it.',
  },
  begun: {
    goes_on: 'Everybody there is being read, and brought in step.',
    stands: 'Everybody there is to be read before it is known how the two sides stand: the next sync does that.',
  },
}

/** Such as "1,162 people are in step; 3 need a person; read 2 hours ago." */
function sentenceOf(
  connection: Connection,
  { in_step, drift, for_person }: Standing,
  { now, goes_on }: { now: Date; goes_on: boolean },
): string {
  const stage = stageOf(connection)
  if (stage !== 'settled') return SENTENCES[stage][goes_on ? 'goes_on' : 'stands']
  const parts = [
    sayInStep(in_step),
    ...(drift > 0 ? [`${formatCount(drift)} ${drift === 1 ? 'waits' : 'wait'} for the next sync`] : []),
    for_person > 0
      ? `${formatCount(for_person)} ${for_person === 1 ? 'needs' : 'need'} a person`
      : 'nobody needs a person',
    `read ${presentAge(connection.read_at ?? now, now)}`,
  ]
  return `${parts.join('; ')}.`
}

/** Such as "applied, wait-listed and confirmed". */
function sayStates(states: readonly string[]): string {
  return inRow(states.map((state) => APPLICATION_STATES[state] ?? state))
}
