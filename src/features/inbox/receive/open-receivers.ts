import { type Listener, openListener } from '../../../platform/mail/listener.ts'
import { type MailboxDeps, watchMailbox } from './imap.ts'
import { isOwnAddress } from './own-address.ts'
import { MESSAGE_OCTETS, receiveMessage } from './receive.ts'

interface ReceiverDeps extends MailboxDeps {
  config: {
    host: string
    mailDomain: string
    mailFrom: string
    inboundSmtpPort: number | undefined
    inboundLmtpPort: number | undefined
    inboundImapUrl: string | undefined
  }
}

export interface Receivers {
  /** Where it listens; undefined where it does not. */
  smtpPort: number | undefined
  lmtpPort: number | undefined
  /** Takes no more; what was taken is committed. */
  close(): Promise<void>
}

/** Opens what the configuration names: the SMTP and LMTP listeners and the reading of a mailbox. @throws Error when a port is taken */
export async function openReceivers(deps: ReceiverDeps): Promise<Receivers> {
  const { config } = deps
  const open: { close(): Promise<void> }[] = []
  const close = async () => void (await Promise.all(open.map((each) => each.close())))

  async function listen(protocol: 'smtp' | 'lmtp', port: number | undefined): Promise<Listener | undefined> {
    if (port === undefined) return undefined
    const listener = await openListener({
      ...{ protocol, port, host: config.host, name: config.mailDomain, size: MESSAGE_OCTETS, log: deps.log },
      accepts: (address) => isOwnAddress(config, address),
      take: (mail) => receiveMessage(deps, { ...mail, source: protocol }),
    })
    open.push(listener)
    return listener
  }

  try {
    const smtp = await listen('smtp', config.inboundSmtpPort)
    const lmtp = await listen('lmtp', config.inboundLmtpPort)
    if (config.inboundImapUrl !== undefined) open.push(watchMailbox(deps, config.inboundImapUrl))
    return { smtpPort: smtp?.port, lmtpPort: lmtp?.port, close }
  } catch (error) {
    await close()
    throw error
  }
}
