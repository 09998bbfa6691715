import { signToken, type TokenKeys, type TokenPurpose } from '../../../lib/tokens.ts'
import type { MergeLinks } from '../content/index.ts'

/**
 * The links of one delivery, each signed for its own purpose: one that is passed on opens one page only. Signed when
 * first read, since a message uses a few of them.
 */
export function linksOf(
  { keys, config }: { keys: TokenKeys; config: { publicUrl: string } },
  { id, round_code, contact_id }: { id: number; round_code: string; contact_id: number | null },
): MergeLinks {
  const signed = new Map<TokenPurpose, string>()
  const sign = (purpose: TokenPurpose) => {
    const token = signed.get(purpose) ?? signToken(keys, purpose, id)
    signed.set(purpose, token)
    return token
  }
  const links = writeLinks(config.publicUrl, round_code, sign)
  // All that a contact gets unasked is the news that applications open: stopping it is leaving that list.
  return contact_id === null ? links : { ...links, unsubscribe: links.leave_interest }
}

/** Where the redirects of one delivery begin; the key of a link follows (features/tracking answers them). */
export function redirectOf({ keys, config }: { keys: TokenKeys; config: { publicUrl: string } }, id: number): string {
  return `${config.publicUrl}/t/${signToken(keys, 'click', id)}/`
}

/** The picture that tells that one delivery was opened. */
export function openingOf({ keys, config }: { keys: TokenKeys; config: { publicUrl: string } }, id: number): string {
  return `${config.publicUrl}/t/${signToken(keys, 'open', id)}`
}

/** Both, as long as a reader's own, for measuring a message. No redirect when clicks are not counted. */
export function exampleTracking(
  { publicUrl }: { publicUrl: string },
  countClicks: boolean,
): { redirect: string | undefined; opening: string } {
  const opening = `${publicUrl}/t/${'x'.repeat(TOKEN_LENGTH)}`
  return { redirect: countClicks ? `${opening}/` : undefined, opening }
}

/** Characters of a token (lib/tokens.ts). */
const TOKEN_LENGTH = 28

/** The same for a preview: what is a reader's own leads to an example. */
export function exampleLinks({ publicUrl }: { publicUrl: string }, round_code: string): MergeLinks {
  return writeLinks(publicUrl, round_code, () => 'example')
}

function writeLinks(publicUrl: string, round_code: string, sign: (purpose: TokenPurpose) => string): MergeLinks {
  return {
    get unsubscribe() {
      return `${publicUrl}/u/${sign('unsubscribe')}`
    },
    get preferences() {
      return `${publicUrl}/p/preferences/${sign('preferences')}`
    },
    get confirm() {
      return `${publicUrl}/p/confirm/${sign('confirm')}`
    },
    apply: `${publicUrl}/apply/${encodeURIComponent(round_code)}`,
    code_of_conduct: `${publicUrl}/conduct`,
    expectations: `${publicUrl}/expectations`,
    interest: `${publicUrl}/interest`,
    get check_in() {
      return `${publicUrl}/p/check-in/${sign('check_in')}`
    },
    get verify() {
      return `${publicUrl}/apply/verify/${sign('verify')}`
    },
    get resume() {
      return `${publicUrl}/apply/resume/${sign('resume')}`
    },
    get verify_interest() {
      return `${publicUrl}/interest/verify/${sign('interest')}`
    },
    get leave_interest() {
      return `${publicUrl}/interest/leave/${sign('interest')}`
    },
  }
}
