import type { Ring } from '../../jobs/catalog.ts'
import { parseAddress } from '../../lib/address.ts'
import type { Clock } from '../../lib/clock.ts'
import { InvalidInput, NotFound } from '../../lib/errors.ts'
import { signToken, type TokenKeys, verifyToken } from '../../lib/tokens.ts'
import type { Db } from '../../platform/db/open.ts'
import { queueTest } from '../deliveries/index.ts'
import {
  countLinks,
  ensureFirstDirector,
  ensureStaffCampaign,
  findDirector,
  findStaffByAddress,
  findUsableLink,
  insertLink,
  lockStaff,
  recordLinkDelivery,
  takeLink,
} from './sign-in-queries.ts'

interface SignInDeps {
  db: Db
  clock: Clock
  keys: TokenKeys
  config: { publicUrl: string }
}

/** How long a mailed link works, and how many of them may be on their way to one person in that time. */
export const LINK_MINUTES = 15
const MOST_LINKS = 5
/** Who gets more in a day did not ask for them: then one at a time, so that they can still come in. */
const MOST_LINKS_A_DAY = 20
/** A printed link is read by who starts the service, and copied by hand. */
const PRINTED_LINK_HOURS = 24
/** A second press of the same button is the same sign-in. */
const GRACE_MS = 10_000
const MINUTE_MS = 60_000
const DAY_MINUTES = 24 * 60

interface MailDeps {
  db: Db
  clock: Clock
  ring: Ring
}

/** Who asked to be let in, and where their mail goes. */
export interface Asking {
  staff_id: number
  address: string
  domain: string
}

/** Mails a link to whoever of the staff has this address. @throws InvalidInput when it is no address */
export async function requestSignIn(deps: MailDeps, input: { address: string }): Promise<void> {
  const asking = await findAsking(deps, input)
  if (asking) await mailSignIn(deps, asking)
}

/** Whoever of the staff has this address. Costs the same for every address. @throws InvalidInput when it is none */
export async function findAsking({ db }: { db: Db }, input: { address: string }): Promise<Asking | undefined> {
  const parsed = parseAddress(input.address)
  if (!parsed.ok) throw new InvalidInput([{ field: 'address', message: parsed.message }])
  const staff = await findStaffByAddress(db, parsed.address)
  return staff && { staff_id: staff.id, address: parsed.address, domain: parsed.domain }
}

/** Mails a link, unless enough are on their way. Through the ledger, so that the sending limits hold for it too. */
export async function mailSignIn({ db, clock, ring }: MailDeps, asking: Asking): Promise<void> {
  const { staff_id, address, domain } = asking
  const now = clock.now()
  const queued = await db.transaction().execute(async (tx) => {
    // Two presses at once wait for each other's count.
    await lockStaff(tx, staff_id)
    const sent = await countLinks(tx, staff_id, {
      day: minutesFrom(now, -DAY_MINUTES),
      now: minutesFrom(now, -LINK_MINUTES),
    })
    if (sent.now >= (sent.day < MOST_LINKS_A_DAY ? MOST_LINKS : 1)) return false
    const link = await insertLink(tx, {
      staff_id,
      created_at: now,
      expires_at: minutesFrom(now, LINK_MINUTES),
    })
    const delivery = await queueTest(tx, {
      campaign_id: await ensureStaffCampaign(tx),
      version: 1,
      language: 'en',
      person_id: null,
      address,
      domain,
      now,
    })
    await recordLinkDelivery(tx, link, delivery)
    return true
  })
  if (queued) await ring('sweep-deliveries', {})
}

/** Whom the link lets in, while it does: for the page with the button. */
export async function findSignIn(deps: SignInDeps, token: string): Promise<{ name: string } | undefined> {
  const id = verifyToken(deps.keys, 'sign_in', token)
  return id === undefined ? undefined : findUsableLink(deps.db, { id, now: deps.clock.now(), grace_ms: GRACE_MS })
}

/** Uses the link up. Returns the id of whom it lets in; undefined when it does not work any more. */
export async function useSignIn(deps: SignInDeps, token: string): Promise<number | undefined> {
  const id = verifyToken(deps.keys, 'sign_in', token)
  if (id === undefined) return undefined
  const input = { id, now: deps.clock.now(), grace_ms: GRACE_MS }
  return deps.db.transaction().execute((tx) => takeLink(tx, input))
}

/**
 * The one-time link that the first start prints, while nobody has ever signed in; undefined afterwards. The director
 * it lets in has no address yet, and says it in the console.
 */
export async function printFirstSignIn(deps: SignInDeps): Promise<string | undefined> {
  const id = await deps.db.transaction().execute((tx) => ensureFirstDirector(tx, 'First director'))
  return id === undefined ? undefined : printLink(deps, id)
}

/**
 * A one-time link for who has lost the way in: whoever can run the command can read the database anyway.
 * @param input.address without it: the first director @throws NotFound
 */
export async function printSignIn(deps: SignInDeps, input: { address?: string | undefined }): Promise<string> {
  const found = await findDirector(deps.db, input.address?.trim().toLowerCase())
  if (!found) throw new NotFound(input.address ? `A member of staff at ${input.address}` : 'A director')
  return printLink(deps, found.id)
}

async function printLink({ db, clock, keys, config }: SignInDeps, staffId: number): Promise<string> {
  const now = clock.now()
  const expires_at = minutesFrom(now, PRINTED_LINK_HOURS * 60)
  return signInUrl({ keys, config }, await insertLink(db, { staff_id: staffId, created_at: now, expires_at }))
}

/** Where a link leads. */
export function signInUrl({ keys, config }: Pick<SignInDeps, 'keys' | 'config'>, linkId: number): string {
  return `${config.publicUrl}/sign-in/${signToken(keys, 'sign_in', linkId)}`
}

const minutesFrom = (now: Date, minutes: number) => new Date(now.getTime() + minutes * MINUTE_MS)
