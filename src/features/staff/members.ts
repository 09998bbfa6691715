import type { Ring } from '../../jobs/catalog.ts'
import { parseAddress } from '../../lib/address.ts'
import type { Clock } from '../../lib/clock.ts'
import { Conflict, type FieldFault, InvalidInput, NotFound } from '../../lib/errors.ts'
import { isRole, type Role } from '../../lib/permissions.ts'
import { isTimeZone } from '../../lib/time-zones.ts'
import type { Db, DbOrTx } from '../../platform/db/open.ts'
import {
  deleteSessionsOf,
  expireLinksOf,
  findMember,
  findMemberByAddress,
  insertMember,
  listDirectorIds,
  listMemberRows,
  lockMembers,
  type Member,
  updateMemberRow,
} from './member-queries.ts'
import { requestSignIn } from './sign-in.ts'

interface MemberDeps {
  db: Db
  clock: Clock
}

/** What is left out stays. */
export interface MemberChange {
  name?: string
  address?: string
  role?: Role
  time_zone?: string
  disabled?: boolean
}

const NAME_LENGTH = 200
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u

/** Staff by id, the disabled ones too. @param page.after the last id of the page before, 0 for the first */
export async function listMembers(
  { db }: { db: Db },
  page: { after: number; limit: number },
): Promise<{ items: Member[]; next: number | null }> {
  const rows = await listMemberRows(db, { after: page.after, limit: page.limit + 1 })
  const items = rows.slice(0, page.limit)
  return { items, next: rows.length > page.limit ? (items.at(-1)?.id ?? null) : null }
}

/** @throws NotFound */
export async function getMember({ db }: { db: Db }, { id }: { id: number }): Promise<Member> {
  const member = await findMember(db, id)
  if (!member) throw new NotFound(`Person ${id} of the staff`)
  return member
}

/**
 * Lets one more person in, and mails them their first link. Invited twice, the second time names who has the address.
 * @throws InvalidInput by field
 */
export async function inviteMember(
  { db, clock, ring }: MemberDeps & { ring: Ring },
  input: { name: string; address: string; role: Role; time_zone?: string },
): Promise<Member> {
  const { faults, values } = readChange(input)
  if (faults.length > 0) throw new InvalidInput(faults)
  const {
    name,
    address,
    role,
    time_zone = 'UTC',
  } = values as { name: string; address: string; role: Role } & MemberChange
  const member = await db.transaction().execute(async (tx) => {
    await lockMembers(tx)
    await refuseTaken(tx, address)
    return insertMember(tx, { name, address, role, time_zone, created_at: clock.now() })
  })
  await requestSignIn({ db, clock, ring }, { address })
  return member
}

/**
 * Changes one of the staff. Who is disabled is signed out at once; who gets another address has to follow a new link.
 * @param input.by id of who asks, when a person does: nobody can lock themselves out
 * @throws NotFound, InvalidInput by field, Conflict `last_director`, `disabling_oneself`
 */
export async function updateMember(
  { db, clock }: MemberDeps,
  input: { id: number; change: MemberChange; by?: number | undefined },
): Promise<Member> {
  const { id, by } = input
  const { faults, values } = readChange(input.change)
  if (faults.length > 0) throw new InvalidInput(faults)
  const now = clock.now()
  return db.transaction().execute(async (tx) => {
    await lockMembers(tx)
    const before = await findMember(tx, id)
    if (!before) throw new NotFound(`Person ${id} of the staff`)
    const { disabled = before.disabled_at !== null, ...rest } = values
    const after = { ...before, ...rest, disabled_at: disabled ? (before.disabled_at ?? now) : null }
    const ends = disabled && before.disabled_at === null
    if (ends && id === by) throw new Conflict('disabling_oneself', 'You cannot disable yourself: ask another director.')
    const directors = await listDirectorIds(tx)
    const leaves = disabled || after.role !== 'director'
    if (leaves && directors.length === 1 && directors[0] === id)
      throw new Conflict('last_director', 'This is the only director who can sign in: make somebody else one first.')
    const moves = after.address !== before.address
    if (moves && after.address !== null) await refuseTaken(tx, after.address)
    const { name, address, role, time_zone, disabled_at } = after
    const changed = await updateMemberRow(tx, id, { name, address, role, time_zone, disabled_at })
    // A wrong address may have let the wrong person in; one's own is changed from within.
    if (ends || (moves && id !== by)) await deleteSessionsOf(tx, id)
    if (ends || moves) await expireLinksOf(tx, id, now)
    return changed
  })
}

function readChange(change: MemberChange): { values: MemberChange; faults: FieldFault[] } {
  const faults: FieldFault[] = []
  const values: MemberChange = change.disabled === undefined ? {} : { disabled: change.disabled }
  if (change.name !== undefined) {
    values.name = change.name.trim()
    const fault = faultOfName(values.name)
    if (fault) faults.push({ field: 'name', message: fault })
  }
  if (change.address !== undefined) {
    const parsed = parseAddress(change.address)
    if (parsed.ok) values.address = parsed.address
    else faults.push({ field: 'address', message: parsed.message })
  }
  if (change.role !== undefined) {
    if (isRole(change.role)) values.role = change.role
    else faults.push({ field: 'role', message: 'Choose one of the roles.' })
  }
  if (change.time_zone !== undefined) {
    if (isTimeZone(change.time_zone)) values.time_zone = change.time_zone
    else faults.push({ field: 'time_zone', message: 'This is no time zone that we know, such as Europe/Lisbon.' })
  }
  return { values, faults }
}

function faultOfName(name: string): string | undefined {
  if (name === '') return 'Everybody needs a name.'
  if (name.length > NAME_LENGTH) return `The name has ${name.length} characters; ${NAME_LENGTH} are the most.`
  if (UNPRINTABLE.test(name)) return 'Write the name on one line, without control characters.'
  return undefined
}

async function refuseTaken(tx: DbOrTx, address: string): Promise<void> {
  const owner = await findMemberByAddress(tx, address)
  if (!owner) return
  const hint = owner.disabled_at ? ', who is disabled: enable them again instead' : ''
  throw new InvalidInput([{ field: 'address', message: `${owner.name} has this address already${hint}.` }])
}
