import { Type } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { getCampaign, putPicture } from '../../features/campaigns/index.ts'
import { addPicture, getPicture, listPictures, type Picture } from '../../features/pictures/index.ts'
import { type FieldFault, InvalidInput, NotFound } from '../../lib/errors.ts'
import { mayDo } from '../../lib/permissions.ts'
import { wantsPage } from '../../platform/http/problem.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import type { ConsoleDeps } from '../shell.ts'
import { type PictureForm, readPictureForm } from './form.ts'
import { presentPicture } from './present.ts'

const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
const Params = Type.Object({ id: Id })
const Query = Type.Object({
  after: Type.Optional(Id),
  added: Type.Optional(Type.String({ pattern: '^[0-9a-f]{64}$' })),
  to: Type.Optional(Type.Union([Type.Literal('body'), Type.Literal('head'), Type.Literal('none')])),
  language: Type.Optional(Type.String({ maxLength: 40 })),
})

const ADDED = {
  body: 'The picture is kept, and stands at the end of the text.',
  head: 'The picture is kept, and stands at the head of the email.',
  none: 'The picture is kept. Copy its line into the text where it belongs.',
}

/** Adding a picture to a campaign, and the library of all pictures. */
export function addPicturePages(app: TypedApp, deps: ConsoleDeps): void {
  app.route({
    method: 'GET',
    url: '/console/campaigns/:id/pictures',
    config: { allow: 'campaigns.write' },
    schema: { params: Params, querystring: Query },
    handler: async (request, reply) => {
      const { params, query } = request
      return showAdding(deps, request, reply, { id: params.id, ...query, faults: [], alt: '', insert: 'body' })
    },
  })
  app.route({
    method: 'POST',
    url: '/console/campaigns/:id/pictures',
    config: { allow: 'campaigns.write', does: 'Add a picture', csrf: 'in-handler' },
    schema: { params: Params },
    handler: async (request, reply) => {
      const { id } = request.params
      const form = await readPictureForm(request, deps.shell)
      await getCampaign(deps, { id })
      try {
        const picture = await keep(deps, form, request.caller?.name ?? '')
        return await answerKept(deps, request, reply, { id, form, picture })
      } catch (error) {
        if (!(error instanceof InvalidInput) || !wantsPage(request)) throw error
        const { alt, insert, language } = form
        return showAdding(deps, request, reply.status(422), { id, faults: error.faults, alt, insert, language })
      }
    },
  })
  app.route({
    method: 'GET',
    url: '/console/pictures',
    config: { allow: 'campaigns.read' },
    schema: { querystring: Type.Object({ after: Type.Optional(Id) }) },
    handler: async (request, reply) =>
      deps.shell.show(
        reply,
        'pictures/library',
        { title: 'Pictures', nav: 'campaigns' },
        {
          ...(await listOnPage(deps, request, '/console/pictures', request.query.after)),
          may_add: request.caller !== undefined && mayDo(request.caller.role, 'campaigns.write'),
        },
      ),
  })
}

/** @throws InvalidInput with every fault of the form */
async function keep(deps: ConsoleDeps, form: PictureForm, uploaded_by: string): Promise<Picture> {
  const { content = Buffer.alloc(0), file_name, alt, fault } = form
  try {
    return await addPicture(deps, { content, file_name, alt, uploaded_by })
  } catch (error) {
    // The upload's own fault says it better than "the file is empty".
    if (!(error instanceof InvalidInput) || !fault) throw error
    throw new InvalidInput([...fault.faults, ...error.faults.filter(({ field }) => field !== 'file')])
  }
}

async function answerKept(
  deps: ConsoleDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  { id, form, picture }: { id: number; form: PictureForm; picture: Picture },
): Promise<FastifyReply> {
  const { publicUrl } = deps.config
  const shown = presentPicture(picture, { publicUrl, zone: 'UTC' })
  const { alt, insert, language } = form
  if (insert !== 'none') {
    const written_by = request.caller?.name ?? ''
    await putPicture(deps, { id, url: shown.url, alt: picture.alt, place: insert, language, written_by })
  }
  if (!wantsPage(request)) {
    const { url, markdown, width, height, size, large } = shown
    return reply.status(201).send({ url, alt: alt.trim(), markdown, width, height, size, large })
  }
  const query = new URLSearchParams({ added: picture.digest, to: insert, ...(language ? { language } : {}) })
  return reply.redirect(`/console/campaigns/${id}/pictures?${query}`, 303)
}

interface Adding {
  id: number
  faults: FieldFault[]
  alt: string
  insert: string
  after?: number | undefined
  added?: string | undefined
  to?: keyof typeof ADDED | undefined
  language?: string | undefined
}

async function showAdding(
  deps: ConsoleDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  { id, faults, alt, insert, after, added, to = 'none', language = '' }: Adding,
): Promise<FastifyReply> {
  const campaign = await getCampaign(deps, { id })
  const here = `/console/campaigns/${id}/pictures`
  const kept = added === undefined ? undefined : await getPicture(deps, { digest: added }).catch(ifFound)
  const zone = request.caller?.staff?.time_zone ?? 'UTC'
  return deps.shell.show(
    reply,
    'pictures/add',
    { title: 'Add a picture', nav: 'campaigns', notice: kept && ADDED[to] },
    {
      ...(await listOnPage(deps, request, here, after)),
      action: here,
      subject: campaign.subject,
      campaign_language: campaign.language,
      back_href: `/console/campaigns/${id}${language ? `?language=${encodeURIComponent(language)}` : ''}`,
      kept: kept ? presentPicture(kept, { publicUrl: deps.config.publicUrl, zone }) : null,
      faults,
      file_fault: faults.find(({ field }) => field === 'file')?.message ?? '',
      alt_fault: faults.find(({ field }) => field === 'alt')?.message ?? '',
      alt,
      language,
      places: [
        { value: 'body', text: 'At the end of the text' },
        { value: 'head', text: 'At the head of the email' },
        { value: 'none', text: 'Nowhere yet: I copy its line' },
      ].map((place) => ({ ...place, chosen: place.value === insert })),
    },
  )
}

function ifFound(error: unknown): undefined {
  if (!(error instanceof NotFound)) throw error
}

async function listOnPage(deps: ConsoleDeps, request: FastifyRequest, here: string, after: number | undefined) {
  const { items, next } = await listPictures(deps, { after })
  const zone = request.caller?.staff?.time_zone ?? 'UTC'
  return {
    pictures: items.map((picture) => presentPicture(picture, { publicUrl: deps.config.publicUrl, zone })),
    pager: { next: next === null ? '' : `${here}?after=${next}`, first: after === undefined ? '' : here },
  }
}
