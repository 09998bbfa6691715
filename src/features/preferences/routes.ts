import { Type, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import type { Ring } from '../../jobs/catalog.ts'
import { InvalidInput } from '../../lib/errors.ts'
import type { LinkGuard } from '../../platform/http/link-guard.ts'
import { openReaderLinks } from '../../platform/http/reader-links.ts'
import type { ReaderPages } from '../../platform/http/reader-pages.ts'
import { readerPhrases } from '../../platform/http/reader-phrases.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { readStandingConsents } from '../consents/index.ts'
import { getProgramme } from '../programme/index.ts'
import { leaveByLink, listPlacesOf } from './leave.ts'
import { presentPreferences, SAID, type TypedForm } from './present.ts'
import { presentLeave } from './present-leave.ts'
import type { ReaderRow } from './queries.ts'
import { type Decision, decidePreferences, findPreferences, type PreferenceDeps } from './service.ts'

interface RouteDeps extends PreferenceDeps {
  guard: LinkGuard
  readers: ReaderPages
  ring: Ring
}

const URL = '/p/preferences/:token'
const Params = Type.Object({ token: Type.String() })
const Query = Type.Object({ done: Type.Optional(Type.String()) })
const Field = Type.String({ maxLength: 1000, default: '' })
const Leave = Type.Object({ round: Type.String({ maxLength: 32 }) })
/** One form for every button; a button sends the fields of its own part. */
const Form = Type.Object({
  decide: Type.Unsafe<Decision['decide']>(Type.String({ enum: Object.keys(SAID) })),
  until: Field,
  given_name: Field,
  family_name: Field,
  language: Field,
  time_zone: Field,
})

/**
 * A reader's own page, behind the link at the end of every campaign's email. No cookie and no script: the link alone
 * says whom it is about, so the page shows what the email showed and no more. GET shows, POST acts.
 */
export async function addPreferencePages(app: TypedApp, deps: RouteDeps): Promise<void> {
  await app.register(preferencePages(deps))
}

function preferencePages(deps: RouteDeps): FastifyPluginAsync {
  const { db, clock, readers } = deps
  return async (scope) => {
    const app = scope.withTypeProvider<TypeBoxTypeProvider>()
    readers.addErrors(app)

    const findReader = openReaderLinks(deps, 'preferences', (id) => findPreferences(deps, id))

    async function show(reply: FastifyReply, token: string, reader: ReaderRow, say: Said) {
      const words = readerPhrases(reader.language)
      const isOwn = !reader.is_test && reader.person_id !== null
      const [{ languages }, consents, places] = await Promise.all([
        getProgramme(db),
        // Nobody has the id 0: a test email shows nobody's decisions.
        readStandingConsents(db, isOwn ? (reader.person_id as number) : 0),
        listPlacesOf(deps, reader),
      ])
      const page = { token, words, now: clock.now(), languages, consents, places: places.filter((one) => !one.is_left) }
      const model = presentPreferences(reader, { ...page, ...say })
      return readers.send(reply, { name: 'preferences', title: words.preferences, language: reader.language, model })
    }

    app.route({
      method: 'GET',
      url: URL,
      config: { allow: 'public' },
      schema: { params: Params, querystring: Query },
      handler: async (request, reply) => {
        const { token } = request.params
        const reader = await findReader(request, reply, token)
        if (!reader) return reply
        return show(reply, token, reader, { done: request.query.done, refused: undefined })
      },
    })

    app.route({
      method: 'GET',
      url: `${URL}/stop`,
      config: { allow: 'public' },
      schema: { params: Params },
      handler: async (request, reply) => {
        const { token } = request.params
        const reader = await findReader(request, reply, token)
        if (!reader) return reply
        const { language } = reader
        const title = readerPhrases(language).everything_ask
        return readers.send(reply, { name: 'stop-everything', title, language, model: { token } })
      },
    })

    app.route({
      method: 'GET',
      url: `${URL}/leave`,
      config: { allow: 'public' },
      schema: { params: Params, querystring: Type.Partial(Leave) },
      handler: async (request, reply) => {
        const { token } = request.params
        const reader = await findReader(request, reply, token)
        if (!reader) return reply
        const place = (await listPlacesOf(deps, reader)).find(({ code }) => code === request.query.round)
        const { is_test, language } = reader
        const model = presentLeave(place, { token, words: readerPhrases(language), is_test })
        return readers.send(reply, { name: 'leave-round', title: model.title, language, model })
      },
    })

    app.route({
      method: 'POST',
      url: `${URL}/leave`,
      config: { allow: 'public' },
      schema: { params: Params, body: Leave },
      handler: async (request, reply) => {
        const { token } = request.params
        const said_at = clock.now()
        const reader = await findReader(request, reply, token)
        if (!reader) return reply
        const code = request.body.round.replaceAll('\0', '')
        await leaveByLink(deps, reader, { code, said_at })
        return reply.redirect(`/p/preferences/${token}/leave?round=${encodeURIComponent(code)}`, 303)
      },
    })

    app.route({
      method: 'POST',
      url: URL,
      config: { allow: 'public' },
      schema: { params: Params, body: Form },
      handler: async (request, reply) => {
        const { token } = request.params
        const reader = await findReader(request, reply, token)
        if (!reader) return reply
        const { decide, ...typed } = request.body
        try {
          await decidePreferences(deps, reader, { decide, ...typed })
        } catch (error) {
          if (!(error instanceof InvalidInput)) throw error
          const refused = { typed: ownOf(decide, typed), fields: error.faults.map(({ field }) => field) }
          return show(reply.status(422), token, reader, { done: undefined, refused })
        }
        return reply.redirect(`/p/preferences/${token}?done=${decide}`, 303)
      },
    })
  }
}

interface Said {
  done: string | undefined
  refused: { typed: Partial<TypedForm>; fields: readonly string[] } | undefined
}

/** What was typed into the part of the page whose button was pressed; the others show what is kept. */
function ownOf(decide: Decision['decide'], { until, ...details }: TypedForm): Partial<TypedForm> {
  return decide === 'save' ? details : { until }
}
