import { createRequire } from 'node:module'
import EmailReplyParser from 'email-reply-parser'
import { readReplyText } from '../../src/lib/reply-text/index.ts'
import type { Reply } from './sets.ts'

/** What is compared: the visible text of a reply. */
export type Reader = (reply: Pick<Reply, 'text' | 'html'>) => string

const require = createRequire(import.meta.url)
const planer = require('planer') as { extractFromPlain(text: string): string }
const nodeEmailReplyParser = require('node-email-reply-parser') as (text: string, visibleOnly: true) => string

/** The libraries read text; an HTML part is given to them as its lines are shown. */
export const READERS: Readonly<Record<string, Reader>> = {
  pairpost: ({ text, html }) => readReplyText(html === undefined ? { text } : { html }).visible,
  'email-reply-parser': ({ text = '' }) => new EmailReplyParser().parseReply(text),
  planer: ({ text = '' }) => planer.extractFromPlain(text),
  'node-email-reply-parser': ({ text = '' }) => nodeEmailReplyParser(text, true),
}
