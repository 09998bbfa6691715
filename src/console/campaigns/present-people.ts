import { HELD, SKIPPED } from '../../features/campaigns/index.ts'
import type { DeliveryOfPerson } from '../../features/deliveries/index.ts'
import { presentTime } from '../present/time.ts'
import { DELIVERY_TONES } from './wording.ts'

/** One person's row in the lists of a report. */
export function presentDeliveryRow(delivery: DeliveryOfPerson, zone: string) {
  const { id, person_id, state } = delivery
  return {
    id,
    name: nameOf(delivery),
    href: person_id === null ? '' : `/console/participants/${person_id}`,
    address: delivery.address ?? '',
    badge: { tone: DELIVERY_TONES[state] ?? 'quiet', text: state },
    why: whyOf(delivery),
    at: timeOf(delivery, zone),
    words: state === 'accepted' ? '' : wordsOf(delivery),
    undecided: state === 'uncertain',
  }
}

export const nameOf = ({ given_name, family_name }: { given_name: string | null; family_name: string | null }) =>
  `${given_name ?? ''} ${family_name ?? ''}`.trim() || '(no name)'

function whyOf({ state, skipped_reason, held_reason, tries }: DeliveryOfPerson): string {
  if (state === 'skipped') return sentence(SKIPPED[skipped_reason ?? ''] ?? (skipped_reason ?? '').replaceAll('_', ' '))
  if (state === 'held') return sentence(HELD[held_reason ?? ''] ?? (held_reason ?? '').replaceAll('_', ' '))
  if (state === 'deferred') return `Refused for now ${tries} ${tries === 1 ? 'time' : 'times'}; tried again`
  if (state === 'queued') return 'Due'
  if (state === 'accepted') return 'Accepted'
  return ''
}

/** Of what is done, when it was; of what waits, when it is due. */
function timeOf({ state, accepted_at, due_at }: DeliveryOfPerson, zone: string) {
  if (state === 'accepted') return accepted_at && presentTime(accepted_at, zone)
  return state === 'queued' || state === 'deferred' ? presentTime(due_at, zone) : null
}

/** The server's last words; of a message that was never handed over, our own. */
function wordsOf({ code, words }: DeliveryOfPerson): string {
  if (words === null) return ''
  return code !== null && !words.startsWith(String(code)) ? `${code} ${words}` : words
}

const sentence = (words: string) => words.charAt(0).toUpperCase() + words.slice(1)
