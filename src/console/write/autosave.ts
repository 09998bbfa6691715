import { type CampaignChanged, FIELD_NAMES, getCampaign, listContested } from '../../features/campaigns/index.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { presentTime } from '../present/time.ts'
import { zoneOf } from '../settings/caller.ts'
import type { ConsoleDeps } from '../shell.ts'
import { WRITE_LIMIT } from './edit.ts'
import { presentFaults } from './faults.ts'
import { formOfCampaign, WriteBody } from './form.ts'
import { Params } from './query.ts'
import { fieldsFromOthers, saveForm } from './save.ts'
import { callerOf } from './view.ts'

/**
 * POST /console/campaigns/:id/autosave: the texts of the same form, without leaving the page; settings wait for Save.
 *
 * 200 `{version, saved_at, fields}`: the script takes `version` as its new based_on. `fields` holds what somebody else
 * wrote meanwhile in fields that this editor left alone, by the name of the input: it must be put there, or the next
 * save would take it back. 409 `{code, message, theirs}`, 422 `{faults}`; neither loses anything: the text is on the page.
 */
export function addAutosave(app: TypedApp, deps: ConsoleDeps): void {
  app.route({
    method: 'POST',
    url: '/console/campaigns/:id/autosave',
    config: { allow: 'campaigns.write', does: 'Write a campaign' },
    bodyLimit: WRITE_LIMIT,
    schema: { params: Params, body: WriteBody },
    handler: async (request, reply) => {
      const { params, body } = request
      const zone = zoneOf(request)
      const campaign = await getCampaign(deps, params)
      const who = { caller: callerOf(request), zone, textsOnly: true }
      const outcome = await saveForm(deps, campaign, { ...body, action: 'save' }, who)
      if (outcome.saved) {
        const { saved, form } = outcome
        const now = formOfCampaign(saved, form.language, zone)
        const from_others = fieldsFromOthers(form, now)
        return {
          version: saved.version,
          saved_at: presentTime(saved.updated_at, zone),
          fields: Object.fromEntries(
            from_others.flatMap((field) => inputsOf(field, now, body.link_title?.length ?? 0)),
          ),
        }
      }
      if (outcome.conflict) return reply.status(409).send(conflictOf(outcome.conflict, zone))
      return reply.status(422).send({ faults: presentFaults(outcome.faults, body.language) })
    },
  })
}

function conflictOf(changed: CampaignChanged, zone: string) {
  const { code, message, version } = changed
  const last = changed.writers.at(-1)
  return {
    ...{ code, message, version, fields: listContested(changed) },
    theirs: {
      writer: last?.writer ?? '',
      written_at: last ? presentTime(last.written_at, zone) : null,
      fields: changed.conflicts.map(({ field }) => FIELD_NAMES[field]),
    },
  }
}

type Shown = ReturnType<typeof formOfCampaign>

/** The inputs that show a field, with what is in them now; of links as many rows as the page has, or more. */
function inputsOf(field: keyof Shown, form: Shown, rows: number): [name: string, value: string][] {
  const { image, video, links } = form
  switch (field) {
    case 'image':
      return [
        ['image_url', image.url],
        ['image_alt', image.alt],
      ]
    case 'video':
      return [
        ['video_title', video.title],
        ['video_url', video.url],
        ['video_thumbnail_url', video.thumbnail_url],
      ]
    case 'links':
      return Array.from({ length: Math.max(rows, links.length) }, (_, at): [string, string][] => [
        [`link_title_${at}`, links[at]?.title ?? ''],
        [`link_url_${at}`, links[at]?.url ?? ''],
      ]).flat()
    default:
      return [[field, String(form[field])]]
  }
}
