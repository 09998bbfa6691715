import type { Clock } from '../../lib/clock.ts'
import type { Db } from '../../platform/db/open.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { getProgramme } from './queries.ts'
import { ProgrammeAnswer, ProgrammeChanges } from './schema.ts'
import { updateProgramme } from './service.ts'

/** GET and PATCH /programme. */
export function addProgrammeRoutes(app: TypedApp, deps: { db: Db; clock: Clock }): void {
  app.route({
    method: 'GET',
    url: '/programme',
    config: { allow: 'settings.read' },
    schema: { tags: ['programme'], summary: "The programme's settings", response: { 200: ProgrammeAnswer } },
    handler: () => getProgramme(deps.db),
  })

  app.route({
    method: 'PATCH',
    url: '/programme',
    config: { allow: 'settings.write' },
    schema: {
      tags: ['programme'],
      summary: "Change the programme's settings",
      description: 'Holds from the next message on, also for campaigns under way.',
      body: ProgrammeChanges,
      response: { 200: ProgrammeAnswer },
    },
    handler: ({ body }) => updateProgramme(deps, body),
  })
}
