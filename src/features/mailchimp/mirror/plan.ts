import type { DbOrTx } from '../../../platform/db/open.ts'
import { desiredOf, desiredOfOther } from './desired.ts'
import { listMembersOf, type OwnedMember } from './member-queries.ts'
import { listMirroredPeople, type MirroredPerson, type Whom } from './people-queries.ts'
import { type Decision, type Desired, decide, isInStep, type MemberRow } from './rules.ts'

/** What is to be done about one contact of a person. */
export interface Step {
  /** Null: the person is gone here. */
  person_id: number | null
  desired: Desired
  /** The contact as it is known; null when there is none. */
  member: MemberRow | null
  decision: Decision
  /** The contact is under an address that they had: it goes to the new one. */
  moves: boolean
}

export interface PlanPage {
  people: MirroredPerson[]
  steps: Step[]
}

/** What is to be done about these people: two queries, whatever the page. */
export async function planPage(db: DbOrTx, whom: Whom, states: readonly string[]): Promise<PlanPage> {
  const people = await listMirroredPeople(db, whom, states)
  if (people.length === 0) return { people, steps: [] }
  const members = new Map<number | null, OwnedMember[]>()
  for (const member of await listMembersOf(
    db,
    people.map(({ person_id }) => person_id),
  )) {
    const own = members.get(member.owner_id)
    if (own) own.push(member)
    else members.set(member.owner_id, [member])
  }
  return { people, steps: people.flatMap((person) => stepsOf(person, members.get(person.person_id) ?? [])) }
}

/** The contact at the primary address is the mirror; every other one of theirs loses what is ours. */
function stepsOf(person: MirroredPerson, members: readonly OwnedMember[]): Step[] {
  const { person_id } = person
  const desired = desiredOf(person)
  const own = members.find(({ hash }) => hash === person.hash)
  const old = desired.want === 'there' && !isThere(own) ? members.find(mayMove) : undefined
  const main = old ?? own
  const steps: Step[] = []
  if (main || desired.want === 'there') {
    const decision = decide({ desired, member: main ?? null })
    steps.push({ person_id, desired, member: main ?? null, decision, moves: old !== undefined })
  }
  for (const member of members) {
    if (member === main || member === own) continue
    const other = desiredOfOther(person, member)
    steps.push({ person_id, desired: other, member, decision: decide({ desired: other, member }), moves: false })
  }
  return steps
}

/** Or refused at that address: then a move is as well. */
const isThere = (member: MemberRow | undefined) =>
  member !== undefined && (member.status !== 'absent' || member.trouble !== null)

/** Only one that we added, and that gets mail: moving it changes nothing for who has left. */
const mayMove = (member: OwnedMember) => member.is_ours && !member.is_stopped && member.status === 'subscribed'

/** Of contacts whose person is gone: ours are taken out, others' lose our tags; then they are forgotten. */
export function stepsOfGone(members: readonly OwnedMember[]): Step[] {
  return members.map((member) => {
    const desired: Desired = member.address === '' ? { want: 'erased' } : desiredOfOther(undefined, member)
    return { person_id: null, desired, member, decision: decide({ desired, member }), moves: false }
  })
}

/** Whether nothing is to be done about a contact, but what a person must see to. */
export const isDone = ({ decision, moves }: Step) => isInStep(decision) && !moves
