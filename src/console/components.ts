import type { TypedApp } from '../platform/http/typed-app.ts'
import { presentTime } from './present/time.ts'
import type { ConsoleDeps } from './shell.ts'

const MODEL = {
  faults: [
    { field: 'subject', message: 'Write a subject.' },
    { field: 'day', message: 'The day is over: choose a later one.' },
  ],
  pager: { first: '#tables', next: '#tables' },
  at: presentTime(new Date('2016-03-03T09:00:00Z'), 'UTC'),
  hours: Array.from({ length: 24 }, (_, hour) => `${String(hour).padStart(2, '0')}:00`),
  open_field: '{{first_name',
  badges: [
    { tone: 'good', text: 'accepted' },
    { tone: 'wait', text: 'deferred' },
    { tone: 'bad', text: 'rejected' },
    { tone: 'info', text: 'scheduled' },
    { tone: 'quiet', text: 'skipped' },
  ],
}

/**
 * /console/components, while developing: every part of a page in every state, to look at and to measure. Where mail
 * leaves the machine nobody develops.
 */
export function addComponentsPage(app: TypedApp, { shell, config }: Pick<ConsoleDeps, 'shell' | 'config'>): void {
  if (config.smtpUrl !== undefined) return
  app.route({
    method: 'GET',
    url: '/console/components',
    config: { allow: 'rounds.read' },
    handler: async (_request, reply) =>
      shell.show(
        reply,
        'components',
        { title: 'Components', nav: 'settings', notice: 'The test email is on its way.' },
        MODEL,
      ),
  })
}
