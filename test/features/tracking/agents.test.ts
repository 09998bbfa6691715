import { expect, test } from 'vitest'
import { isAutomaticAgent } from '../../../src/features/tracking/agents.ts'

const PEOPLE = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36 Edg/120.0.0.0',
  'Mozilla/5.0 (Windows NT 6.1; Trident/7.0; rv:11.0) like Gecko',
  'Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.6 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Linux; Android 10; CUBOT X30) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/118.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (Linux; U; Android 4.4.2; en-us) AppleWebKit/537.16 (KHTML, like Gecko) Version/4.0 Mobile Safari/537.16 Opera Mini/36',
  'Opera/9.80 (J2ME/MIDP; Opera Mini/7.1.32052/29.3709; U; en) Presto/2.8.119 Version/11.10',
  'Lynx/2.8.9rel.1',
]
test.each(PEOPLE)('a browser: %s', (agent) => {
  expect(isAutomaticAgent(agent, false)).toBe(false)
  expect(isAutomaticAgent(agent, true)).toBe(false)
})

const PROGRAMS = [
  '',
  '   ',
  'Mozilla/5.0',
  'curl/8.5.0',
  'Wget/1.21',
  'python-requests/2.31.0',
  'Go-http-client/2.0',
  'node',
  'axios/1.6.2',
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/120.0.0.0 Safari/537.36',
  'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)',
  'Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5',
  'facebookexternalhit/1.1',
  'BarracudaCentral/1.0',
]
test.each(PROGRAMS)('a program: %j', (agent) => {
  expect(isAutomaticAgent(agent, false)).toBe(true)
})

test('who fetches pictures for a reader is a reader for the picture and a machine for a link', () => {
  for (const agent of [
    'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)',
    'YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html',
    'Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; ms-office; MSOffice 16)',
    'Microsoft Office/16.0 (Microsoft Outlook 16.0.17126; Pro)',
  ]) {
    expect(isAutomaticAgent(agent, true), agent).toBe(false)
    expect(isAutomaticAgent(agent, false), agent).toBe(true)
  }
})

test('what Mailchimp tells of has no program’s name, and is judged by pace and network alone', () => {
  expect(isAutomaticAgent('Mailchimp', false)).toBe(false)
  expect(isAutomaticAgent('Mailchimp', true)).toBe(false)
})
