import { Type } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { findDraftToTest, requestTest } from '../../features/campaigns/index.ts'
import {
  FIRST_STEPS,
  type FirstStep,
  LOAD_DEMO,
  markFirstStep,
  measureDemo,
  readFirstRun,
  removeDemo,
  startDemoLoad,
  whyNoDemo,
} from '../../features/programme/index.ts'
import { findUnfinishedJob } from '../../jobs/long-work-queries.ts'
import { Conflict, InvalidInput } from '../../lib/errors.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { formatCount } from '../present/numbers.ts'
import { roleOf } from '../settings/caller.ts'
import { settingsTabs } from '../settings/tabs.ts'
import type { ConsoleDeps } from '../shell.ts'
import { presentSteps } from './steps.ts'

const NOTICES: Record<string, string> = {
  tested: 'The test email is on its way. It may take a minute; this step is done when it was accepted.',
  removed: 'The demo data are gone.',
  hidden: 'Home no longer shows these steps. They stay here.',
}

const Step = Type.Object({
  step: Type.Unsafe<FirstStep | 'all'>(Type.Union([...FIRST_STEPS, 'all'].map((step) => Type.Literal(step)))),
  wanted: Type.Optional(Type.Unsafe<'yes'>(Type.Literal('yes'))),
})

/** /console/start: the five first steps and the demo data. */
export function addFirstRunPages(app: TypedApp, deps: ConsoleDeps): void {
  const { db, shell } = deps
  const allow = 'settings.write' as const

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    said: { notice?: string | undefined; fault?: string },
  ) {
    const round = await shell.currentRound(request)
    const [run, draft, no_demo, demo, loading] = await Promise.all([
      readFirstRun(db),
      findDraftToTest(db),
      whyNoDemo(deps),
      measureDemo(deps),
      findUnfinishedJob(db, LOAD_DEMO),
    ])
    const address = request.caller?.staff?.address ?? null
    const steps = presentSteps(run, { round: round?.code ?? '', draft, address })
    const model = {
      tabs: settingsTabs(roleOf(request), 'start'),
      fault: said.fault ?? '',
      steps: steps.map((view) => ({
        ...view,
        may_test: view.step === 'test' && round !== undefined && draft !== undefined && address !== null,
      })),
      settled: steps.filter(({ state }) => state !== 'to do').length,
      total: steps.length,
      dismissed: run.dismissed,
      demo: {
        why_not: no_demo ?? '',
        loaded: demo !== undefined,
        loading: loading ? `/console/jobs/${loading.id}` : '',
      },
    }
    const frame = { title: 'First steps', nav: 'settings' as const, notice: said.notice }
    return shell.show(reply, 'first-run/start', frame, model)
  }

  app.route({
    method: 'GET',
    url: '/console/start',
    config: { allow },
    schema: { querystring: Type.Object({ notice: Type.Optional(Type.String()) }) },
    handler: (request, reply) => show(request, reply, { notice: NOTICES[request.query.notice ?? ''] }),
  })

  app.route({
    method: 'POST',
    url: '/console/start/skip',
    config: { allow, does: 'Skip a first step, or take it up again' },
    schema: { body: Step },
    handler: async ({ body }, reply) => {
      await markFirstStep(db, body.step, body.wanted === 'yes')
      const hidden = body.step === 'all' && body.wanted === undefined
      return reply.redirect(hidden ? '/console/start?notice=hidden' : '/console/start', 303)
    },
  })

  app.route({
    method: 'POST',
    url: '/console/start/test',
    config: { allow: 'campaigns.write', does: 'Send a first test email' },
    handler: async (request, reply) => {
      const draft = await findDraftToTest(db)
      const to = request.caller?.staff?.address
      if (!draft || !to) {
        const fault = draft ? 'We do not know your address yet.' : 'There is no draft to test with yet.'
        return show(request, reply.status(409), { fault })
      }
      try {
        await requestTest(deps, draft.id, { to })
      } catch (error) {
        if (!(error instanceof InvalidInput)) throw error
        const words = error.faults.map(({ message }) => message).join(' ')
        return show(request, reply.status(422), { fault: `“${draft.subject}” cannot be sent yet. ${words}` })
      }
      return reply.redirect('/console/start?notice=tested', 303)
    },
  })

  app.route({
    method: 'POST',
    url: '/console/start/demo',
    config: { allow, does: 'Load the demo data' },
    handler: async (request, reply) => {
      try {
        const { job_id } = await startDemoLoad(deps)
        return reply.redirect(`/console/jobs/${job_id}`, 303)
      } catch (error) {
        if (!(error instanceof Conflict)) throw error
        return show(request, reply.status(409), { fault: error.message })
      }
    },
  })

  const showRemoval = async (reply: FastifyReply, fault: string) => {
    const demo = await measureDemo(deps)
    if (!demo) return reply.redirect('/console/start', 303)
    const { people, campaigns, deliveries, applications } = demo
    const counts = [
      { name: 'People', count: formatCount(people) },
      { name: 'Applications', count: formatCount(applications) },
      { name: 'Campaigns, with those you wrote in this round', count: formatCount(campaigns) },
      { name: 'Deliveries', count: formatCount(deliveries) },
    ]
    return shell.show(reply, 'first-run/remove', { title: 'Remove demo data', nav: 'settings' }, { counts, fault })
  }

  app.route({
    method: 'GET',
    url: '/console/start/demo/remove',
    config: { allow },
    handler: (_request, reply) => showRemoval(reply, ''),
  })

  app.route({
    method: 'POST',
    url: '/console/start/demo/remove',
    config: { allow, does: 'Remove the demo data' },
    handler: async (_request, reply) => {
      try {
        await removeDemo(deps)
      } catch (error) {
        if (!(error instanceof Conflict)) throw error
        // Pressed twice: it is gone, as was wanted.
        if (error.code !== 'no_demo') return showRemoval(reply.status(409), error.message)
      }
      return reply.redirect('/console/start?notice=removed', 303)
    },
  })
}
