import { CLICK_DEFINITIONS, RULES_VERSION } from '../../tracking/index.ts'
import type { Definition } from '../report.ts'

const define = (key: string, name: string, words: string, version = 1): Definition => ({ key, name, version, words })

/** What follows from the rules that tell machines apart. */
const byRules = (key: string, name: string, words: string) => define(key, name, words, RULES_VERSION)

/** Raised with what is told of emails that Mailchimp sent. */
const THROUGH_VERSION = 1

/** What also counts emails that were handed over to Mailchimp. @param there where their figure comes from */
const alsoThrough = (key: string, name: string, words: string, there: string) =>
  define(key, name, `${words} Through Mailchimp: ${there}`, 1 + THROUGH_VERSION)

const byRulesAlsoThrough = (key: string, name: string, words: string, there: string) =>
  define(key, name, `${words} Through Mailchimp: ${there}`, RULES_VERSION + THROUGH_VERSION)

/** What our rules can see of clicks that Mailchimp tells of. */
const RULES_THERE =
  'clicks as Mailchimp tells of them, to the second and without the program’s name, judged by the same rules as far as pace and network show; who clicked is therefore often fewer than in Mailchimp’s own report. Only links that we would count ourselves.'

/** What each column of the engagement report counts. One row of the ledger is one person's copy of one email. */
export const ENGAGEMENT_DEFINITIONS: readonly Definition[] = [
  alsoThrough(
    'recipients',
    'Recipients',
    'Everybody the audience picked but those who were skipped; test emails and mail to staff count nowhere. Of a past day it is unknown when somebody was skipped after that day while the email was still leaving, and for automatic email.',
    'who was handed over; contacts that were added there by hand are nobody of ours.',
  ),
  alsoThrough(
    'accepted',
    'Accepted',
    'Recipients whose mail server took responsibility for the email.',
    'recipients whom Mailchimp says it mailed, as of the moment it began to, also those whose mail server refused.',
  ),
  alsoThrough(
    'rejected',
    'Rejected',
    'Recipients whose mail server refused the email for good.',
    'unknown, as it tells of these as bounces.',
  ),
  define(
    'uncertain',
    'Uncertain',
    'Recipients of whom we cannot know whether the email was accepted; a person decides. Not known for a past day.',
  ),
  alsoThrough(
    'bounced',
    'Bounced',
    'Of the accepted, those whose email came back later, once however often; the day is the one on which it reached us.',
    'those of whom it tells a bounce, hard or soft, refusals of the mail server among them.',
  ),
  alsoThrough(
    'bounced_hard',
    'Hard bounces',
    'Of the accepted, those of whom a bounce said that their own address does not exist.',
    'what it calls a hard bounce.',
  ),
  alsoThrough(
    'complained',
    'Complained',
    'Of the accepted, those who marked the email as unwanted, as their provider told us.',
    'unknown, as it tells only how many there were in all.',
  ),
  alsoThrough(
    'unsubscribed',
    'Unsubscribed',
    'Of the accepted, those who stopped our mail by this email: its link, the button of their mail program, or a message.',
    'those who unsubscribed there by this email.',
  ),
  alsoThrough(
    'replied',
    'Replied',
    'Of the accepted, those of whom at least one reply came that a person wrote.',
    'unknown: replies come to our Inbox, and do not tell which email they answer.',
  ),
  alsoThrough(
    'auto_replied',
    'Automatic replies',
    'Of the accepted, those whose mailbox answered by itself, such as an out-of-office.',
    'unknown, as for replies.',
  ),
  byRulesAlsoThrough(
    'clicked',
    'Clicked',
    `Of the accepted, those who followed at least one link of the email themselves. Unknown for an email without a counted link. Of a past day: those whose first click had been made. ${CLICK_DEFINITIONS.clicks}`,
    RULES_THERE,
  ),
  byRulesAlsoThrough(
    'clicks',
    'Clicks',
    'How often links were followed by people. Not known for a past day.',
    'as for who clicked.',
  ),
  byRulesAlsoThrough(
    'machine_clicks',
    'Machine clicks',
    'How often links were fetched by mail scanners and other machines; in no other figure. Not known for a past day.',
    'those of its clicks that our rules take for a machine’s.',
  ),
  define(
    'agreed',
    'Agreed to be counted',
    'Of the accepted, those who had agreed to individual tracking when the email was accepted. Nobody else’s opening is looked at.',
  ),
  byRulesAlsoThrough(
    'opened',
    'Opened (estimate)',
    `Of those who agreed. ${CLICK_DEFINITIONS.opens}`,
    'unknown unless its audience counts openings; then its word about those who agreed, who still agree, and nobody else.',
  ),
  byRulesAlsoThrough(
    'machine_opened',
    'Opened by a machine (estimate)',
    'An estimate, of those who agreed: the picture was loaded by a machine, such as Apple’s mail privacy; in no other figure. Not known for a past day.',
    'unknown unless its audience counts openings; it does not name the program, so that hardly any is found.',
  ),
  byRulesAlsoThrough(
    'link_people',
    'People',
    'Those to whom the email was accepted and who followed this link themselves.',
    'as for who clicked.',
  ),
  byRulesAlsoThrough(
    'link_clicks',
    'Clicks',
    'How often this link was followed by people. Not known for a past day.',
    'as for who clicked.',
  ),
  define('topics', 'Topic emails', 'Topic emails of the round whose sending had begun.'),
  define('topics_accepted', 'Accepted', 'Topic emails that were accepted, each person’s copy of each topic counted.'),
  alsoThrough(
    'topics_replied',
    'Replied',
    'Accepted topic emails to which their reader replied.',
    'unknown, and so is the sum of a round with such a topic.',
  ),
  define('topics_counted', 'Accepted, with links', 'Accepted topic emails that had links which are counted.'),
  byRules(
    'topics_clicked',
    'Clicked',
    'Accepted topic emails with counted links of which the reader followed at least one.',
  ),
  define(
    'introduced',
    'Introduced',
    'Partnerships of the round that were introduced, also those that have ended since or whose partners left.',
  ),
  byRulesAlsoThrough(
    'used',
    'Used',
    'Introduced partnerships of which at least one partner clicked in the topic email or replied to it.',
    'only clicks are known.',
  ),
]
