import { signToken, type TokenKeys, type TokenPurpose } from '../../../lib/tokens.ts'
import type { MergeLinks } from '../content/index.ts'

/** The links of one delivery, each signed for its own purpose: one that is passed on opens one page only. */
export function linksOf(
  { keys, config }: { keys: TokenKeys; config: { publicUrl: string } },
  { id, round_code, contact_id }: { id: number; round_code: string; contact_id: number | null },
): MergeLinks {
  const links = writeLinks(config.publicUrl, round_code, (purpose) => signToken(keys, purpose, id))
  // All that a contact gets unasked is the news that applications open: stopping it is leaving that list.
  return contact_id === null ? links : { ...links, unsubscribe: links.leave_interest }
}

/** The same for a preview: what is a reader's own leads to an example. */
export function exampleLinks({ publicUrl }: { publicUrl: string }, round_code: string): MergeLinks {
  return writeLinks(publicUrl, round_code, () => 'example')
}

function writeLinks(publicUrl: string, round_code: string, sign: (purpose: TokenPurpose) => string): MergeLinks {
  return {
    unsubscribe: `${publicUrl}/u/${sign('unsubscribe')}`,
    preferences: `${publicUrl}/p/preferences/${sign('preferences')}`,
    confirm: `${publicUrl}/p/confirm/${sign('confirm')}`,
    apply: `${publicUrl}/apply/${encodeURIComponent(round_code)}`,
    code_of_conduct: `${publicUrl}/conduct`,
    expectations: `${publicUrl}/expectations`,
    interest: `${publicUrl}/interest`,
    verify: `${publicUrl}/apply/verify/${sign('verify')}`,
    resume: `${publicUrl}/apply/resume/${sign('resume')}`,
    verify_interest: `${publicUrl}/interest/verify/${sign('interest')}`,
    leave_interest: `${publicUrl}/interest/leave/${sign('interest')}`,
  }
}
