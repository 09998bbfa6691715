/**
 * The built-in mailbox: where mail goes when no SMTP_URL is set. Owns the table mailbox_messages. Guarantees that the
 * server's 250 means a committed row with the raw bytes, that nothing leaves the machine, and that a message's HTML
 * never runs a script. It does not read the answers: messages to the programme are kept with direction
 * `to_programme`, and handed to who does in the same transaction.
 */
export { type Caught, makeAnswer } from './answers.ts'
export { type CaughtMessage, getCaught, listCaught } from './caught.ts'
export { countMessages as countMailboxMessages } from './queries.ts'
export { addMailboxRoutes } from './routes.ts'
export { type MailboxServer, startMailboxServer } from './server.ts'
export { replyToMessage } from './service.ts'
