import { type Static, Type } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Campaign, getCampaign, requestTest } from '../../features/campaigns/index.ts'
import { Conflict, InvalidInput } from '../../lib/errors.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { roleOf, zoneOf } from '../settings/caller.ts'
import type { ConsoleDeps } from '../shell.ts'
import { formOfBody, formOfCampaign, WriteBody, type WriteForm } from './form.ts'
import { noticeOf, savedCode } from './notices.ts'
import { Params, type PreviewChoice, PreviewFields, readChoice, WriteQuery, writeHref } from './query.ts'
import { type SaveOutcome, saveForm } from './save.ts'
import { callerOf, languageOf, showCampaign, showFrozen, showWrite } from './view.ts'

/** Five thousand lines in letters of three octets, as a form writes them: what is too long is told, with its text. */
export const WRITE_LIMIT = 2 * 1024 * 1024

const Body = Type.Intersect([WriteBody, PreviewFields])
type Body = Static<typeof Body>

/** GET and POST /console/campaigns/:id: the page to write on. Every button saves first. */
export function addEditPages(app: TypedApp, deps: ConsoleDeps): void {
  app.route({
    method: 'GET',
    url: '/console/campaigns/:id',
    config: { allow: 'campaigns.read' },
    schema: { params: Params, querystring: WriteQuery },
    handler: (request, reply) => {
      const { params, query, caller } = request
      const notice = noticeOf(query.notice, query.language ?? '', caller?.staff?.address ?? null)
      return showCampaign(deps, request, reply, { id: params.id, query, notice })
    },
  })

  app.route({
    method: 'POST',
    url: '/console/campaigns/:id',
    config: { allow: 'campaigns.write', does: 'Write a campaign' },
    bodyLimit: WRITE_LIMIT,
    schema: { params: Params, body: Body },
    handler: async (request, reply) => {
      const { params, body } = request
      const campaign = await getCampaign(deps, params)
      const choice = readChoice(body, roleOf(request))
      const outcome = await saveUnlessFrozen(deps, request, campaign, body)
      if (outcome === 'frozen') {
        const frozen = { campaign: await getCampaign(deps, params), typed: formOfBody(body, campaign), choice }
        return showFrozen(deps, request, reply.status(409), { ...frozen, language: body.language })
      }
      if (outcome.saved) return afterSave(deps, request, reply, { body, choice, outcome })
      const { form, faults, conflict } = outcome
      const now = conflict ? await getCampaign(deps, params) : campaign
      return showWrite(deps, request, reply.status(conflict ? 409 : 422), now, { form, choice, faults, conflict })
    },
  })
}

async function saveUnlessFrozen(
  deps: ConsoleDeps,
  request: FastifyRequest,
  campaign: Campaign,
  body: Body,
): Promise<SaveOutcome | 'frozen'> {
  try {
    return await saveForm(deps, campaign, body, { caller: callerOf(request), zone: zoneOf(request) })
  } catch (error) {
    if (error instanceof Conflict && error.code === 'campaign_not_editable') return 'frozen'
    throw error
  }
}

type Saved = Extract<SaveOutcome, { saved: Campaign }>

/** What the button says beyond saving. */
async function afterSave(
  deps: ConsoleDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  { body, choice, outcome }: { body: Body; choice: PreviewChoice; outcome: Saved },
): Promise<FastifyReply> {
  const { saved, form, merged } = outcome
  const { id } = saved
  const [action, argument = ''] = (body.action ?? 'save').split(':')
  const back = (notice: string, language = form.language) =>
    reply.redirect(writeHref(id, language, choice, { notice }), 303)
  switch (action) {
    case 'test':
      return sendTest(deps, request, reply, { saved, form, choice, done: () => back('tested') })
    case 'review':
      return reply.redirect(`/console/campaigns/${id}/review`, 303)
    case 'publish':
      return reply.redirect(`/console/campaigns/${id}/publish`, 303)
    case 'picture':
      return reply.redirect(
        `/console/campaigns/${id}/pictures?${new URLSearchParams({ language: form.language })}`,
        303,
      )
    case 'language':
      return back(savedCode(merged), languageOf(saved, argument))
    case 'add_language':
      return back('language_added', languageOf(saved, body.new_language?.trim()))
    case 'remove_language':
      return back('language_removed', saved.language)
    case 'add_link':
      return reply.redirect(`${writeHref(id, form.language, choice, { rows: form.links.length + 3 })}#links`, 303)
    case 'preview':
      return reply.redirect(`${writeHref(id, form.language, choice)}#preview`, 303)
    default:
      return back(savedCode(merged))
  }
}

async function sendTest(
  deps: ConsoleDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  { saved, form, choice, done }: { saved: Campaign; form: WriteForm; choice: PreviewChoice; done(): FastifyReply },
): Promise<FastifyReply> {
  const to = request.caller?.staff?.address
  try {
    if (!to) {
      const message = 'Nobody knows your address yet: say it under Settings, People. Your text was saved.'
      throw new InvalidInput([{ field: '', message }])
    }
    await requestTest(deps, saved.id, { to, language: form.language })
    return done()
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error
    const now = await getCampaign(deps, saved)
    const shown = formOfCampaign(now, form.language, zoneOf(request))
    return showWrite(deps, request, reply.status(422), now, {
      ...{ form: shown, choice, faults: error.faults },
      notice: 'Your text was saved. No test was sent.',
    })
  }
}
