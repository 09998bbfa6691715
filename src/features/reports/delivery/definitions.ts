import type { Definition } from '../report.ts'

const define = (key: string, name: string, words: string, version = 1): Definition => ({ key, name, version, words })

/** What each column of the delivery report counts. */
export const DELIVERY_DEFINITIONS: readonly Definition[] = [
  define('mail_people', 'People', 'People to whom at least one of these emails was meant to go.'),
  define(
    'mail_recipients',
    'Emails',
    'Emails of the round’s campaigns that had begun, one person’s copy of one email each, but those that were skipped; test emails and mail to staff count nowhere. The domain is that of the address the email went to. Of a past day it is unknown for automatic email and when somebody was skipped after that day while an email was still leaving.',
  ),
  define(
    'mail_accepted',
    'Accepted',
    'Emails for which the domain’s server took responsibility; of those through Mailchimp all that it says it sent.',
    2,
  ),
  define(
    'mail_deferred',
    'Deferred now',
    'Emails that the server refused for now; they are tried again. Not known for a past day. Mailchimp does not tell of any.',
    2,
  ),
  define(
    'mail_rejected',
    'Rejected',
    'Emails that the server refused for good. Mailchimp tells of them as bounces.',
    2,
  ),
  define(
    'mail_uncertain',
    'Uncertain',
    'Emails of which we cannot know whether they were accepted; a person decides. Not known for a past day.',
  ),
  define(
    'mail_bounced_hard',
    'Hard bounces',
    'Accepted emails that came back saying that their own address does not exist, or that Mailchimp calls hard bounces, each once.',
    2,
  ),
  define(
    'mail_bounced_other',
    'Other bounces',
    'Accepted emails that came back for another reason, each once. Of those through Mailchimp its soft bounces.',
    2,
  ),
  define(
    'mail_complained',
    'Complained',
    'Accepted emails that their reader marked as unwanted, as the provider told us. Mailchimp does not tell whose they were, so that complaints there are in no row.',
    2,
  ),
  define(
    'reason_base',
    'Emails looked at',
    'What this reason is a part of: of skipped emails all that were planned, of rejected ones those that were meant to leave, of bounced ones the accepted.',
  ),
  define(
    'reason_emails',
    'Emails',
    'Emails that were skipped, rejected or came back for this reason. Of several bounces of one email the hard one counts, else the first.',
  ),
  define('reason_people', 'People', 'People of at least one of these emails.'),
  define(
    'suppressed_base',
    'People of the round',
    'People with an application in the round, in whichever state, who were not erased.',
  ),
  define(
    'suppressed_people',
    'Not mailed',
    'Of them those against whose present address something stands that stops all of our mail or a part of it. Who has two reasons is in two rows, and once in the total.',
  ),
  define(
    'stop_waiting',
    'Emails that wait',
    'Emails of the round’s campaigns to this domain that are queued, deferred or held.',
  ),
  define('stop_people', 'People', 'People whose email to this domain waits.'),
]
