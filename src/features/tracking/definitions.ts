import { RULES_VERSION } from './rules.ts'

/** What the figures mean, in the words that stand beside them. */
export const CLICK_DEFINITIONS = {
  clicks: [
    'A click is counted when somebody follows a link in the HTML part of an email; links of the text part and of the web copy are not counted, nor those whose text is a web address.',
    'Apart, as of machines: requests that only look (HEAD) and what the same network and program does within ten seconds of them; programs that say they are no browser;',
    'three different links (of a message with two links: both) each within 3.5 seconds of the one before; three within a second of one another from several networks;',
    'and five emails of the campaign within one second, or ten within five, from one network and browser.',
    'How old the email is never decides.',
    'Wrong in one way: who opens three links in tabs faster than that, or a room of people who click in the same second, is counted as a machine.',
    'Wrong in the other: a scanner that passes for a browser and follows a single link of a single email, or takes longer than a reader, is counted as a person.',
    `Rules, version ${RULES_VERSION}.`,
  ].join(' '),
  opens: [
    'An estimate, never a count: the picture in emails to those who agreed to individual tracking was fetched.',
    'Many programs show no pictures and some fetch all of them ahead, so it may be far from how many read.',
    'Apart, as of machines: what fetches ahead (Apple), scanners and other programs, by the rules of clicks. The picture proxies of Gmail and Yahoo count as the reader.',
    `Rules, version ${RULES_VERSION}.`,
  ].join(' '),
} as const
