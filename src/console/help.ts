import type { TypedApp } from '../platform/http/typed-app.ts'
import type { ConsoleDeps } from './shell.ts'

/** The words of the programme, and how the main things are done. */
export function addHelpPage(app: TypedApp, { shell }: ConsoleDeps): void {
  app.route({
    method: 'GET',
    url: '/console/help',
    config: { allow: 'rounds.read' },
    handler: async (_request, reply) => shell.show(reply, 'help', { title: 'Help', nav: 'home' }, {}),
  })
}
