import { mayDo } from '../../lib/permissions.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { firstRunOf } from '../first-run/steps.ts'
import { presentZone } from '../present/time.ts'
import type { ConsoleDeps } from '../shell.ts'
import { presentAgenda } from './agenda.ts'
import { AGENDA_DAYS, gatherAgenda, gatherNeeds } from './gather.ts'
import { listByItself, listNeeds } from './needs.ts'
import { presentStages } from './stages.ts'

/** GET /console: what needs me today, the coming fourteen days, where the round stands. */
export function addHomePage(app: TypedApp, deps: ConsoleDeps): void {
  app.route({
    method: 'GET',
    url: '/console',
    config: { allow: 'rounds.read' },
    handler: async (request, reply) => {
      const caller = request.caller as NonNullable<typeof request.caller>
      const now = deps.clock.now()
      const zone = caller.staff?.time_zone ?? 'UTC'
      const round = await deps.shell.currentRound(request)
      const [facts, campaigns, firstRun] = await Promise.all([
        gatherNeeds(deps.db, { role: caller.role, now, round }),
        round ? gatherAgenda(deps.db, { round: round.code, now }) : [],
        firstRunOf(deps, caller),
      ])
      const writes = mayDo(caller.role, 'campaigns.write')
      const needs = listNeeds(facts, { name: caller.name, writes, time_zone: zone, now })
      const model = {
        needs,
        quiet: needs.length === 0,
        zone: presentZone(zone, now),
        round: round
          ? {
              code: round.code,
              name: round.name,
              href: `/console/rounds/${round.code}`,
              stages: presentStages(round, now.toISOString().slice(0, 10)),
              agenda: presentAgenda(round, campaigns, { now, zone, days: AGENDA_DAYS, by_itself: listByItself(facts) }),
            }
          : null,
        first_run: firstRun,
        may_create_round: mayDo(caller.role, 'rounds.write'),
      }
      return deps.shell.show(reply, 'home/home', { title: 'Home', nav: 'home' }, model)
    },
  })
}
