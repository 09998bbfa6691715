import { CLICK_DEFINITIONS, RULES_VERSION } from '../../tracking/index.ts'
import type { Definition } from '../report.ts'

const define = (key: string, name: string, words: string, version = 1): Definition => ({ key, name, version, words })

/** What follows from the rules that tell machines apart. */
const byRules = (key: string, name: string, words: string) => define(key, name, words, RULES_VERSION)

/** What each column of the engagement report counts. One row of the ledger is one person's copy of one email. */
export const ENGAGEMENT_DEFINITIONS: readonly Definition[] = [
  define(
    'recipients',
    'Recipients',
    'Everybody the audience picked but those who were skipped; test emails and mail to staff count nowhere. Of a past day it is unknown when somebody was skipped after that day while the email was still leaving, and for automatic email.',
  ),
  define('accepted', 'Accepted', 'Recipients whose mail server took responsibility for the email.'),
  define('rejected', 'Rejected', 'Recipients whose mail server refused the email for good.'),
  define(
    'uncertain',
    'Uncertain',
    'Recipients of whom we cannot know whether the email was accepted; a person decides. Not known for a past day.',
  ),
  define(
    'bounced',
    'Bounced',
    'Of the accepted, those whose email came back later, once however often; the day is the one on which it reached us.',
  ),
  define(
    'bounced_hard',
    'Hard bounces',
    'Of the accepted, those of whom a bounce said that their own address does not exist.',
  ),
  define(
    'complained',
    'Complained',
    'Of the accepted, those who marked the email as unwanted, as their provider told us.',
  ),
  define(
    'unsubscribed',
    'Unsubscribed',
    'Of the accepted, those who stopped our mail by this email: its link, the button of their mail program, or a message.',
  ),
  define('replied', 'Replied', 'Of the accepted, those of whom at least one reply came that a person wrote.'),
  define(
    'auto_replied',
    'Automatic replies',
    'Of the accepted, those whose mailbox answered by itself, such as an out-of-office.',
  ),
  byRules(
    'clicked',
    'Clicked',
    `Of the accepted, those who followed at least one link of the email themselves. Unknown for an email without a counted link. Of a past day: those whose first click had been made. ${CLICK_DEFINITIONS.clicks}`,
  ),
  byRules('clicks', 'Clicks', 'How often links were followed by people. Not known for a past day.'),
  byRules(
    'machine_clicks',
    'Machine clicks',
    'How often links were fetched by mail scanners and other machines; in no other figure. Not known for a past day.',
  ),
  define(
    'agreed',
    'Agreed to be counted',
    'Of the accepted, those who had agreed to individual tracking when the email was accepted. Nobody else’s opening is looked at.',
  ),
  byRules('opened', 'Opened (estimate)', `Of those who agreed. ${CLICK_DEFINITIONS.opens}`),
  byRules(
    'machine_opened',
    'Opened by a machine (estimate)',
    'An estimate, of those who agreed: the picture was loaded by a machine, such as Apple’s mail privacy; in no other figure. Not known for a past day.',
  ),
  byRules('link_people', 'People', 'Those to whom the email was accepted and who followed this link themselves.'),
  byRules('link_clicks', 'Clicks', 'How often this link was followed by people. Not known for a past day.'),
  define('topics', 'Topic emails', 'Topic emails of the round whose sending had begun.'),
  define('topics_accepted', 'Accepted', 'Topic emails that were accepted, each person’s copy of each topic counted.'),
  define('topics_replied', 'Replied', 'Accepted topic emails to which their reader replied.'),
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
  byRules(
    'used',
    'Used',
    'Introduced partnerships of which at least one partner clicked in the topic email or replied to it.',
  ),
]
