import { Type } from '@fastify/type-provider-typebox'
import type { FastifyReply } from 'fastify'
import { senderOf } from '../../features/campaigns/index.ts'
import { changeLimits, listLimitUse, measureSender, releaseDomain } from '../../features/deliveries/index.ts'
import { getProgramme } from '../../features/programme/index.ts'
import { type FieldFault, InvalidInput } from '../../lib/errors.ts'
import { mayDo } from '../../lib/permissions.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { presentTime, presentZone } from '../present/time.ts'
import type { ConsoleDeps } from '../shell.ts'
import { roleOf, zoneOf } from './caller.ts'
import { presentField } from './form.ts'
import { type LimitForm, limitFormOf, presentLimit, readLimitForm, WINDOWS } from './limits.ts'
import { settingsTabs } from './tabs.ts'

const text = Type.String({ default: '' })
const Form = Type.Object({
  per_second: text,
  per_minute: text,
  per_hour: text,
  per_day: text,
  limits: text,
  automatic_reserve_percent: text,
})

const NOTICES: Record<string, string> = {
  limits: 'The limits are saved. They hold from the next message on; what has left already counts.',
  domain: 'The domain may be mailed again. What was held stays held until its campaign goes on.',
}

/** /console/settings/sending: the sender, the limits with their present use, and what keeps mail from leaving. */
export function addSendingPage(app: TypedApp, deps: ConsoleDeps): void {
  const show = async (reply: FastifyReply, typed: LimitForm | undefined, faults: FieldFault[], notice?: string) => {
    const [role, zone, now] = [roleOf(reply.request), zoneOf(reply.request), deps.clock.now()]
    const [sender, use, programme] = await Promise.all([
      measureSender(deps.db),
      listLimitUse(deps.db),
      getProgramme(deps.db),
    ])
    const from = senderOf(deps.config, programme, null)
    const form = typed ?? limitFormOf(use, sender.automatic_reserve_percent)
    const model = {
      tabs: settingsTabs(role, 'sending'),
      may_write: mayDo(role, 'sending.write'),
      faults,
      zone: presentZone(zone, now),
      from_name: from.name,
      from_address: from.address,
      reply_domain: deps.config.mailDomain,
      server: presentServer(deps.config.smtpUrl),
      limits: use.map((limit) => {
        const mine = sender.limits.find(({ seconds }) => seconds === limit.seconds)
        return presentLimit(limit, mine?.left_for_campaigns ?? limit.count, { zone, now })
      }),
      reserve: sender.automatic_reserve_percent,
      problems: presentProblems(sender, zone),
      stopped_domains: sender.stopped_domains.map(({ domain, stopped_at, words }) => ({
        domain,
        words,
        at: presentTime(stopped_at, zone),
      })),
      ...presentForm(form, faults),
    }
    return deps.shell.show(reply, 'settings/sending', { title: 'Sending', nav: 'settings', notice }, model)
  }

  app.route({
    method: 'GET',
    url: '/console/settings/sending',
    config: { allow: 'sending.read' },
    schema: { querystring: Type.Object({ notice: Type.Optional(Type.String()) }) },
    handler: ({ query }, reply) => show(reply, undefined, [], NOTICES[query.notice ?? '']),
  })

  app.route({
    method: 'POST',
    url: '/console/settings/sending',
    config: { allow: 'sending.write', does: 'Change the sending limits' },
    schema: { body: Form },
    handler: async ({ body }, reply) => {
      const { limits, faults } = readLimitForm(body)
      try {
        if (faults.length > 0) throw new InvalidInput(faults)
        await changeLimits(deps.db, { limits, automatic_reserve_percent: percentOf(body) })
      } catch (error) {
        if (error instanceof InvalidInput) return show(reply.status(422), body, error.faults)
        throw error
      }
      return reply.redirect('/console/settings/sending?notice=limits', 303)
    },
  })

  app.route({
    method: 'POST',
    url: '/console/settings/sending/domains',
    config: { allow: 'sending.write', does: 'Mail a stopped domain again' },
    schema: { body: Type.Object({ domain: Type.String({ maxLength: 253 }) }) },
    handler: async ({ body }, reply) => {
      await releaseDomain(deps.db, body.domain)
      return reply.redirect('/console/settings/sending?notice=domain', 303)
    },
  })
}

/** Not a number when it is none: the service refuses it. */
function percentOf({ automatic_reserve_percent: typed }: LimitForm): number {
  return typed.trim() === '' ? Number.NaN : Number(typed.replace(/[\s%]/g, ''))
}

/** Where mail is handed over, as far as everybody may know it: never the password. */
function presentServer(smtpUrl: string | undefined): { text: string; mailbox: boolean } {
  if (smtpUrl === undefined) return { text: 'the built-in mailbox', mailbox: true }
  const { protocol, hostname, port, username } = new URL(smtpUrl)
  const secure = protocol === 'smtps:'
  const at = `${hostname}, port ${port || (secure ? '465' : '587')}${secure ? ', encrypted from the start' : ''}`
  return { text: username ? `${at}, signed in as ${decodeURIComponent(username)}` : at, mailbox: false }
}

function presentProblems(sender: Awaited<ReturnType<typeof measureSender>>, zone: string): string[] {
  const { closed, trouble } = sender
  const at = (time: Date) => presentTime(time, zone).text
  return [
    ...(closed ? [`The provider has closed the account until ${at(closed.until)}. Its words: “${closed.words}”`] : []),
    ...(trouble
      ? [
          `The mail server cannot be used since ${at(trouble.since)}. Its words: “${trouble.words}”.${
            trouble.next_try_at ? ` The next try is at ${at(trouble.next_try_at)}.` : ''
          }`,
        ]
      : []),
  ]
}

function presentForm(form: LimitForm, faults: readonly FieldFault[]) {
  return {
    windows: WINDOWS.map(({ field, label }) =>
      presentField({ name: field, label, value: form[field], short: true }, faults),
    ),
    others: presentField(
      {
        name: 'limits',
        label: 'Other windows',
        value: form.limits,
        hint: 'Such as 500/10m or 20000/30d: a number, and a window in s, m, h or d. Separated by commas.',
      },
      faults,
    ),
    reserve_field: presentField(
      {
        name: 'automatic_reserve_percent',
        label: 'Kept for automatic email, in percent',
        value: form.automatic_reserve_percent,
        hint: 'Of limits of a day and longer: so that a confirmation never waits behind a campaign. 0 to 90.',
        short: true,
      },
      faults,
    ),
  }
}
