import type { FastifyRequest } from 'fastify'
import type { Clock } from '../../lib/clock.ts'
import { PairpostError } from '../../lib/errors.ts'
import { type TokenKeys, type TokenPurpose, verifyToken } from '../../lib/tokens.ts'
import { signInGuard } from './sign-in-guard.ts'

/** Too many links that are not ours came from one address. */
export class TooManyLinks extends PairpostError {
  readonly waitSeconds: number
  constructor(waitSeconds: number) {
    super('too_many_links', 'Too many links that do not work were opened from your network.')
    this.waitSeconds = waitSeconds
  }
}

export interface LinkGuard {
  /** The id in a link of ours, or undefined. @throws TooManyLinks */
  read(request: Pick<FastifyRequest, 'ip'>, purpose: TokenPurpose, token: string): number | undefined
}

/**
 * Reads the tokens of readers' links, and slows down who guesses them. A good token is always read: its signature is
 * looked at first, so a stranger behind the same proxy locks nobody out.
 */
export function openLinkGuard({ clock, keys }: { clock: Clock; keys: TokenKeys }): LinkGuard {
  const guard = signInGuard({ clock })
  return {
    read({ ip }, purpose, token) {
      const id = verifyToken(keys, purpose, token)
      if (id !== undefined) return id
      const wait = guard.waitFor(ip, token)
      if (wait !== undefined) throw new TooManyLinks(wait)
      guard.recordFailure(ip)
      return undefined
    },
  }
}
