import { Type } from '@fastify/type-provider-typebox'
import { readerPhrases } from '../../../platform/http/reader-phrases.ts'
import type { TypedApp } from '../../../platform/http/typed-app.ts'
import { getRoundRow } from '../../rounds/index.ts'
import { goOnByLink } from '../draft/go-on.ts'
import { periodOf } from '../draft/period.ts'
import { findLinkedForm, mailVerification, verifyForm } from '../enter/send.ts'
import { findOpenPage } from '../form/answers.ts'
import { formQuestions, LAST_PAGE } from '../form/questions.ts'
import { formPath, formToken } from './addresses.ts'
import { fieldsOf, languageOf, type PageDeps, readChecks, sendSaid, textField } from './page-deps.ts'
import { standingSaid } from './sent-pages.ts'
import { sendLate, sendNotOpen } from './start-page.ts'
import { verifySaid } from './verify-page.ts'

const PUBLIC = { allow: 'public' } as const
const schema = {
  params: Type.Object({ token: Type.String() }),
  querystring: Type.Object({ done: Type.Optional(Type.String()) }),
}

/**
 * Where the links of emails about a form lead: one to complete it, one to go on with it. Both show where the form stands,
 * and a button; mail scanners follow links, so nothing happens without it. Either button shows that the address works.
 */
export function addLinkPages(app: TypedApp, deps: PageDeps): void {
  for (const purpose of ['verify', 'resume'] as const) {
    app.route({
      method: 'GET',
      url: `/apply/${purpose}/:token`,
      config: PUBLIC,
      schema,
      handler: async (request, reply) => {
        const id = deps.guard.read(request, purpose, request.params.token)
        const linked = id === undefined ? undefined : await findLinkedForm(deps, id, deps.clock.now())
        if (!linked) return deps.readers.sendUnknownLink(request, reply, id === undefined ? 404 : 410)
        const { draft, is_old, is_open } = linked
        const language = languageOf(request, draft.language)
        const words = readerPhrases(language)
        if (draft.application_id !== null) return sendSaid(deps, reply, language, standingSaid(draft, words))
        const isOpen = draft.submitted_at ? is_open : periodOf(draft, deps.clock.now()).period === 'open'
        if (!isOpen && draft.submitted_at) return sendLate(deps, request, reply, language)
        if (!isOpen) {
          const round = await getRoundRow(deps, { code: draft.round_code })
          return sendNotOpen(deps, request, reply, { round, language })
        }
        if (!draft.submitted_at)
          return sendSaid(deps, reply, language, {
            title: words.apply_resume_title,
            paragraphs: [words.apply_resume_text],
            buttons: [{ label: words.apply_resume_button, value: 'go_on' }],
          })
        if (is_old)
          return sendSaid(deps, reply, language, {
            title: words.apply_old_title,
            notice: request.query.done === 'mailed' ? words.apply_mailed : '',
            paragraphs: [words.apply_old_text],
            buttons: [{ label: words.apply_old_button, value: 'mail' }],
          })
        return sendSaid(deps, reply, language, await verifySaid(deps, draft, { words, done: request.query.done }))
      },
    })

    app.route({
      method: 'POST',
      url: `/apply/${purpose}/:token`,
      config: PUBLIC,
      schema,
      handler: async (request, reply) => {
        const { token } = request.params
        const id = deps.guard.read(request, purpose, token)
        const linked = id === undefined ? undefined : await findLinkedForm(deps, id, deps.arrivedAt(request))
        if (id === undefined || !linked)
          return deps.readers.sendUnknownLink(request, reply, id === undefined ? 404 : 410)
        const { draft } = linked
        const here = `/apply/${purpose}/${token}`
        const fields = fieldsOf(request)
        switch (textField(fields, 'do')) {
          case 'go_on': {
            const form = await goOnByLink(deps, draft.contact_id)
            if (!form) return deps.readers.sendUnknownLink(request, reply, 410)
            // Sent meanwhile, perhaps by a stranger who began it: this page says what it is now.
            if (form.submitted_at) return reply.redirect(here, 303)
            const { checks } = await readChecks(deps)
            const open = findOpenPage(formQuestions(), form.answers, checks) ?? LAST_PAGE
            return reply.redirect(formPath(form.round_code, open, formToken(deps.keys, form.id)), 303)
          }
          case 'mail':
            await mailVerification(deps, draft.id)
            return reply.redirect(`${here}?done=mailed`, 303)
          case 'verify': {
            const version = textField(fields, 'version')
            const pressed = { delivery_id: id, pressed_at: deps.arrivedAt(request) }
            const verified = await verifyForm(deps, {
              ...pressed,
              version: version === '' ? undefined : Number(version),
            })
            return reply.redirect(verified === 'changed' ? `${here}?done=changed` : here, 303)
          }
          default:
            return reply.redirect(here, 303)
        }
      },
    })
  }
}
