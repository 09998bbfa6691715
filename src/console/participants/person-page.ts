import { Type } from '@fastify/type-provider-typebox'
import { type Explanation, explainDelivery, listCampaignsForPerson } from '../../features/campaigns/index.ts'
import { listAnswersOfPerson } from '../../features/confirmations/index.ts'
import { listConsents } from '../../features/consents/index.ts'
import { listDeliveriesOfPerson } from '../../features/deliveries/index.ts'
import { listImportsOfPerson } from '../../features/imports/index.ts'
import { listEventsOf, listIncomingOfPerson } from '../../features/inbox/index.ts'
import { getPerson, listPartnersOfPerson, listPersonSuppressions } from '../../features/people/index.ts'
import { listPreferenceChanges } from '../../features/preferences/index.ts'
import { mayDo } from '../../lib/permissions.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { presentZone } from '../present/time.ts'
import { roleOf, zoneOf } from '../settings/caller.ts'
import type { ConsoleDeps } from '../shell.ts'
import { presentConsents } from './present-consents.ts'
import {
  presentCampaignOptions,
  presentHistory,
  presentImports,
  presentMails,
  presentStops,
  sayProgrammeMail,
} from './present-mail.ts'
import { presentApplications, presentChanges, presentFacts, presentPartners } from './present-person.ts'
import { presentAnswers, presentIncoming } from './present-replies.ts'
import { readStaffNames } from './sources.ts'
import { nameOf } from './words.ts'

const PAGE = 50
const MOST_CAMPAIGNS = 200

export const PersonParams = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })
const PersonQuery = Type.Object({
  /** "Why (not) this mail?" */
  campaign: Type.Optional(
    Type.Union([Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }), Type.Literal('')]),
  ),
  before: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
  notice: Type.Optional(Type.String({ maxLength: 40 })),
})

const NOTICES: Record<string, string> = {
  edited: 'Saved.',
  stopped: 'Mail is stopped. What was being handed over at this moment may still arrive.',
  lifted: 'Mail goes to them again.',
  answered: 'Their answer is recorded.',
  'answered-before': 'It was recorded like this already; nothing has changed.',
  consent: 'Recorded. Mail follows it from now on.',
  removed: 'Removed. No mail goes to them any more, and their application has ended.',
}

/** GET /console/participants/:id: one person's whole story. */
export function addPersonPage(app: TypedApp, deps: ConsoleDeps): void {
  const { db, clock, shell } = deps
  app.route({
    method: 'GET',
    url: '/console/participants/:id',
    config: { allow: 'people.read', does: 'Look at a person', audited: true },
    schema: { params: PersonParams, querystring: PersonQuery },
    handler: async (request, reply) => {
      const { params, query } = request
      const { id } = params
      const asked = query.campaign || undefined
      const person = await getPerson(deps, { id })
      const role = roleOf(request)
      const readsInbox = mayDo(role, 'inbox.read')
      const [history, partners, mails, imports, campaigns, names, changes, answers, incoming, consents, why] =
        await Promise.all([
          listPersonSuppressions(deps, { id }),
          listPartnersOfPerson(deps, { id }),
          listDeliveriesOfPerson(db, { person_id: id, before: query.before, limit: PAGE }),
          listImportsOfPerson(deps, { person_id: id }),
          listCampaignsForPerson(db, { person_id: id, limit: MOST_CAMPAIGNS }),
          readStaffNames(db),
          listPreferenceChanges(db, id),
          listAnswersOfPerson(db, id),
          readsInbox ? listIncomingOfPerson(deps, { person_id: id }) : [],
          listConsents(deps, { person_id: id }),
          asked === undefined ? undefined : explainDelivery(db, { person_id: id, campaign_id: asked }),
        ])
      const events = await listEventsOf(
        db,
        mails.items.map((mail) => mail.id),
      )
      const now = clock.now()
      const zone = zoneOf(request)
      const stops = presentStops(history, names, zone)
      const path = `/console/participants/${id}`
      const frame = { title: nameOf(person), nav: 'participants', notice: NOTICES[query.notice ?? ''] } as const
      return shell.show(reply, 'participants/person', frame, {
        path,
        facts: presentFacts(person, now),
        applications: presentApplications(person, zone),
        changes: presentChanges(changes, zone),
        answers: presentAnswers(answers, names, zone),
        incoming: presentIncoming(incoming, zone),
        partners: presentPartners(partners, zone),
        mails: presentMails(mails.items, events, zone),
        pager: {
          next: mails.next === null ? '' : `${path}?before=${mails.next}#mail`,
          first: query.before ? `${path}#mail` : '',
        },
        imports: presentImports(imports, zone),
        stops,
        history: presentHistory(history, names, zone),
        consents: presentConsents(consents, { names, zone, programmeMail: sayProgrammeMail(stops, history, zone) }),
        campaigns: presentCampaignOptions(campaigns, asked),
        why: presentWhy(why, asked),
        yourZone: presentZone(zone, now),
        mayWrite: mayDo(role, 'people.write'),
        stoppable: person.addresses.length > 0,
        privacy: mayDo(role, 'privacy.write') ? `${path}/privacy` : '',
      })
    },
  })
}

function presentWhy(why: Explanation | undefined, campaign: number | undefined) {
  return why ? { sentence: why.sentence, href: `/console/campaigns/${campaign}` } : ''
}
