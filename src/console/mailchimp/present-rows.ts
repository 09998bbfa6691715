import type { ClashRow, EventRow, TroubleRow } from '../../features/mailchimp/index.ts'
import type { Badge } from '../participants/words.ts'
import { presentTime } from '../present/time.ts'
import { presentPerson, type Reader } from './show.ts'
import { decisionsFor, sayEvent, sayField, wordsOfTrouble } from './words.ts'

export function presentClash(row: ClashRow, { reader, staff }: { reader: Reader; staff: ReadonlyMap<string, string> }) {
  const keptOurs = row.kept === 'ours'
  return {
    id: row.id,
    person: presentPerson(row, reader),
    field: sayField(row.field),
    agreed: row.agreed,
    ours: row.ours,
    ours_at: presentTime(row.ours_at, reader.zone),
    theirs: row.theirs,
    theirs_at: presentTime(row.theirs_at, reader.zone),
    kept: keptOurs ? 'ours' : 'Mailchimp’s',
    kept_words:
      row.kept_by === 'rule' ? 'because it is the newer one' : `decided by ${staff.get(row.kept_by) ?? row.kept_by}`,
    kept_side: row.kept,
    is_open: row.seen_at === null,
    other: keptOurs ? 'theirs' : 'ours',
    other_words: keptOurs ? 'Keep Mailchimp’s' : 'Keep ours',
  }
}

export function presentTrouble(row: TroubleRow, reader: Reader) {
  const { tone, text, advice } = wordsOfTrouble(row.trouble)
  const time = (at: Date | null) => at && presentTime(at, reader.zone)
  return {
    hash: row.hash,
    person: presentPerson(row, reader),
    address: reader.reads_people ? row.address : '',
    new_address: reader.reads_people ? (row.new_address ?? '') : '',
    badge: { tone, text },
    words: row.trouble_words,
    advice,
    at: time(row.trouble_at),
    left: time(row.left_at),
    decisions: decisionsFor(row.trouble).filter(({ decision }) => decision !== 'leave' || row.left_at === null),
  }
}

export function presentEvent(row: EventRow, reader: Reader) {
  const badge: Badge = row.state === 'settled' ? { tone: 'good', text: 'settled' } : { tone: 'wait', text: 'waiting' }
  return {
    kind: sayEvent(row.kind),
    person: row.person_id === null ? '' : presentPerson(row, reader),
    at: presentTime(row.received_at, reader.zone),
    badge,
    outcome: row.outcome === 'echo' ? 'Our own change, told back to us' : (row.outcome ?? ''),
  }
}
