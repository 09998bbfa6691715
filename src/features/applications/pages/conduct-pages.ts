import { Type } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { fillPhrase, readerPhrases, writeDate } from '../../../platform/http/reader-phrases.ts'
import type { TypedApp } from '../../../platform/http/typed-app.ts'
import { type Conduct, conductHtml, getConduct, getCurrentConduct } from '../conduct/conduct.ts'
import { languageOf, type PageDeps, readChecks } from './page-deps.ts'
import { languageLinks } from './start-page.ts'

const PUBLIC = { allow: 'public' } as const
const Query = Type.Object({ language: Type.Optional(Type.String({ maxLength: 35 })) })

/** What participants agree to, and what they and the programme expect of each other. */
export function addConductPages(app: TypedApp, deps: PageDeps): void {
  app.route({
    method: 'GET',
    url: '/conduct',
    config: PUBLIC,
    schema: { querystring: Query },
    handler: async (request, reply) => showConduct(deps, request, reply, await getCurrentConduct(deps.db)),
  })

  app.route({
    method: 'GET',
    url: '/conduct/:version',
    config: PUBLIC,
    schema: { params: Type.Object({ version: Type.String({ maxLength: 100 }) }), querystring: Query },
    handler: async (request, reply) =>
      showConduct(deps, request, reply, await getConduct(deps.db, { version: request.params.version })),
  })

  app.route({
    method: 'GET',
    url: '/expectations',
    config: PUBLIC,
    schema: { querystring: Query },
    handler: async (request, reply) => {
      const language = languageOf(request, request.query.language)
      const words = readerPhrases(language)
      const { apply_expect_you_1, apply_expect_you_2, apply_expect_you_3, apply_expect_you_4, apply_expect_you_5 } =
        words
      const { apply_expect_us_1, apply_expect_us_2, apply_expect_us_3, apply_expect_us_4 } = words
      const model = {
        of_you: [apply_expect_you_1, apply_expect_you_2, apply_expect_you_3, apply_expect_you_4, apply_expect_you_5],
        of_us: [apply_expect_us_1, apply_expect_us_2, apply_expect_us_3, apply_expect_us_4],
        languages: languageLinks('/expectations', words.language),
      }
      return deps.readers.send(reply, { name: 'apply-expectations', title: words.apply_expect_title, language, model })
    },
  })
}

async function showConduct(deps: PageDeps, request: FastifyRequest, reply: FastifyReply, conduct: Conduct) {
  const { language: asked } = request.query as { language?: string }
  const language = languageOf(request, asked)
  const words = readerPhrases(language)
  const current = await getCurrentConduct(deps.db)
  const { version, published_at } = conduct
  const model = {
    version: published_at
      ? fillPhrase(words.apply_conduct_since, { version, date: writeDate(published_at, words, 'UTC') })
      : fillPhrase(words.apply_conduct_version, { version }),
    is_older: current.version !== version,
    text_language: (await readChecks(deps)).own,
    html: conductHtml(conduct),
  }
  return deps.readers.send(reply, { name: 'apply-conduct', title: words.apply_conduct_title, language, model })
}
