/**
 * A Mailchimp account that runs in this process, for tests and the demo. It owns an HTTP server at a free port of
 * 127.0.0.1 and the account's state in memory. It guarantees the limits, errors and delays of the real one as far as
 * they are known, the same again for the same seed, and that it never speaks with a network other than to the webhook
 * addresses it was given. It knows nothing of Pairpost and validates nothing by itself: that is `check`.
 */

export { openFakeMailchimp } from './open.ts'
export type {
  Exchange,
  FakeCall,
  FakeCampaign,
  FakeCopy,
  FakeEvent,
  FakeMailchimp,
  FakeMember,
  FakeOptions,
  Fault,
  Faults,
  Lag,
  Match,
} from './shapes.ts'
