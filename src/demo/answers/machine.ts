import { createTransport } from 'nodemailer'
import { type Caught, makeAnswer } from '../../features/mailbox/index.ts'

/** Hands over what machines of made-up people answer, over SMTP and with a null return path. */
export interface Machines {
  answer(kind: 'out_of_office' | 'bounce', caught: Caught): Promise<void>
  close(): void
}

export function openMachines(smtpUrl: string, connections: number): Machines {
  const { hostname, port } = new URL(smtpUrl)
  const transport = createTransport({
    ...{ host: hostname, port: Number(port), pool: true, maxConnections: connections },
    ...{ secure: false, ignoreTLS: true, disableFileAccess: true, disableUrlAccess: true },
  })
  return {
    async answer(kind, caught) {
      const answer = await makeAnswer(kind === 'bounce' ? 'bounce' : 'autoreply', caught)
      if (answer) await transport.sendMail({ envelope: { from: '', to: answer.rcpt_to }, raw: answer.raw })
    },
    close: () => transport.close(),
  }
}
