import type { listEdits, MatchingRun } from '../../features/matching/index.ts'
import type { findIntroduction } from '../../features/partnerships/index.ts'
import { saySource } from '../participants/words.ts'
import { formatCount } from '../present/numbers.ts'
import { presentTime } from '../present/time.ts'
import { presentComparison } from './present-comparison.ts'
import { presentLeftOver } from './present-left-over.ts'
import { sayByHand, sayFound, sayProof } from './say-run.ts'
import { madeOf, people } from './words.ts'

interface Facts {
  run: MatchingRun
  edits: Awaited<ReturnType<typeof listEdits>>
  introduction: Awaited<ReturnType<typeof findIntroduction>> | undefined
}

interface Reader {
  names: ReadonlyMap<string, string>
  zone: string
  sees: boolean
  writes: boolean
}

/** View model of a run that has ended well, but for its proposals. */
export function presentRun({ run, edits, introduction }: Facts, reader: Reader) {
  const { names, zone, sees, writes } = reader
  const own = `/console/matching/${run.id}`
  const isOpen = run.approved_at === null
  return {
    title: `${madeOf(run.mode, run.now?.cardinality ?? run.cardinality ?? 0)} of ${people(run.people)}`,
    sentence: sayFound(run),
    proof: sayProof(run),
    by_hand: sayByHand(run),
    ...presentComparison(run),
    approved: run.approved_at
      ? { at: presentTime(run.approved_at, zone), by: saySource(run.approved_by ?? '', names) }
      : '',
    main: mainOf(run, introduction, writes),
    rerun: isOpen && run.data_changed ? { changes: run.changes, may: writes } : null,
    left_over: presentLeftOver(run, { sees, may: writes && isOpen }),
    barrier: run.barrier
      ? `These ${formatCount(run.barrier.people)} people have only ${formatCount(run.barrier.partners)} possible partners among all others, so some of them are left over in every matching.`
      : '',
    undo:
      writes && isOpen && run.last_edit
        ? { id: run.last_edit.id, did: run.last_edit.did, action: `${own}/undo` }
        : null,
    edits: edits.map(({ did, edited_by, edited_at, undone_at }) => ({
      did,
      by: saySource(edited_by ?? '', names),
      at: presentTime(edited_at, zone),
      undone: undone_at !== null,
    })),
    edit_count: edits.length === 1 ? '1 change by hand' : `${formatCount(edits.length)} changes by hand`,
    files: sees
      ? [
          { href: `${own}/proposals.csv`, text: 'Pairs with their scores and reasons' },
          { href: `${own}/people.csv`, text: 'Everybody with their partner' },
          { href: `${own}/unmatched.csv`, text: 'Who is left over, and why' },
        ]
      : [],
    made: { at: presentTime(run.created_at, zone), by: saySource(run.created_by ?? '', names) },
    rounds: run.rounds.map(({ round, violated, added, gap, ms }) => ({
      round: formatCount(round),
      violated: formatCount(violated),
      added: formatCount(added),
      gap: `${(gap * 100).toFixed(3)} %`,
      seconds: seconds(ms),
    })),
    timings: Object.entries(run.timings).map(([what, ms]) => ({ what: what.replaceAll('_', ' '), time: seconds(ms) })),
    digest: run.input_digest.slice(0, 12),
  }
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`

function mainOf({ id, approved_at }: MatchingRun, introduction: Facts['introduction'], writes: boolean) {
  if (introduction?.scheduled)
    return { href: `/console/campaigns/${introduction.campaign_id}/report`, text: 'See how the introductions go' }
  if (!writes) return null
  if (approved_at === null) return { href: `/console/matching/${id}/approve`, text: 'Next: approve' }
  const count = introduction?.partnerships ?? 0
  const whom = count === 1 ? '1 partnership' : `${formatCount(count)} partnerships`
  return { href: `/console/matching/${id}/introduce`, text: `Introduce ${whom}` }
}
