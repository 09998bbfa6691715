import { createHash } from 'node:crypto'
import type { FastifySessionOptions } from '@fastify/session'
import type { Clock } from '../../lib/clock.ts'
import type { Db } from '../../platform/db/open.ts'
import { SESSION_DAYS } from '../../platform/http/sessions.ts'
import { deleteSession, findSession, forgetEnded, saveSession } from './session-queries.ts'

interface SessionDeps {
  db: Db
  clock: Clock
}

type SessionStore = NonNullable<FastifySessionOptions['store']>

const DAY_MS = 86_400_000
const hashOf = (id: string) => createHash('sha256').update(id).digest()

/**
 * Sessions in the database. The person's row is read with every request, so that who is disabled is out at once, also
 * in the middle of a visit; and a session that was deleted never comes back by being saved.
 */
export function sessionStore({ db, clock }: SessionDeps): SessionStore {
  return {
    get(id, callback) {
      findSession(db, hashOf(id), clock.now()).then(
        (row) => callback(null, row ? ({ ...row.data, staff_id: row.staff_id, staff: row.staff } as never) : null),
        callback,
      )
    },
    set(id, session, callback) {
      // The cookie's own settings are never kept: they follow from how each request comes.
      const { staff_id, staff, cookie: _cookie, ...data } = session
      // Before sign-in there is nothing worth keeping.
      if (staff_id === undefined) return callback()
      saveSession(db, {
        id_hash: hashOf(id),
        staff_id,
        data,
        expires_at: new Date(clock.now().getTime() + SESSION_DAYS * DAY_MS),
        // Only what was read from the database has its person.
        is_new: staff === undefined,
      }).then(() => callback(), callback)
    },
    destroy(id, callback) {
      deleteSession(db, hashOf(id)).then(() => callback(), callback)
    },
  }
}

/** Forgets what has ended. */
export async function sweepSessions({ db, clock }: SessionDeps): Promise<void> {
  await forgetEnded(db, clock.now())
}
