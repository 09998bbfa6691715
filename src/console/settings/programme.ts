import { type Static, Type } from '@fastify/type-provider-typebox'
import type { FastifyReply } from 'fastify'
import { PHRASE_LANGUAGES } from '../../features/campaigns/index.ts'
import { getProgramme, type Programme, type ProgrammeChange, updateProgramme } from '../../features/programme/index.ts'
import { Conflict, type FieldFault, InvalidInput } from '../../lib/errors.ts'
import { findLanguage, nameLanguage } from '../../lib/languages.ts'
import { mayDo } from '../../lib/permissions.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { formatCount } from '../present/numbers.ts'
import type { ConsoleDeps } from '../shell.ts'
import { roleOf } from './caller.ts'
import { faultOf, presentField } from './form.ts'
import { settingsTabs } from './tabs.ts'

const text = Type.String({ default: '' })
const Form = Type.Object({
  name: text,
  contact_address: text,
  from_name: text,
  footer: text,
  languages: Type.Array(Type.String(), { default: [] }),
  other_languages: text,
  second_person_over: text,
  count_clicks: text,
  /** `updated_at` of what the form was made from. */
  seen: text,
})
type Typed = Static<typeof Form>

const NOTICES: Record<string, string> = { saved: 'The settings are saved. They hold from the next message on.' }

/** /console/settings: who the programme is, what stands under its messages, its languages. */
export function addProgrammePage(app: TypedApp, deps: ConsoleDeps): void {
  const show = (reply: FastifyReply, typed: Typed, faults: FieldFault[], notice?: string) => {
    const role = roleOf(reply.request)
    const model = {
      tabs: settingsTabs(role, 'programme'),
      faults,
      ...presentForm(typed, faults, deps.config.mailFrom),
      facts: mayDo(role, 'settings.write') ? [] : presentFacts(typed),
      may_write: mayDo(role, 'settings.write'),
    }
    return deps.shell.show(reply, 'settings/programme', { title: 'Programme', nav: 'settings', notice }, model)
  }

  app.route({
    method: 'GET',
    url: '/console/settings',
    config: { allow: 'settings.read' },
    schema: { querystring: Type.Object({ notice: Type.Optional(Type.String()) }) },
    handler: async ({ query }, reply) =>
      show(reply, typedFrom(await getProgramme(deps.db)), [], NOTICES[query.notice ?? '']),
  })

  app.route({
    method: 'POST',
    url: '/console/settings',
    config: { allow: 'settings.write', does: "Change the programme's settings" },
    schema: { body: Form },
    handler: async ({ body }, reply) => {
      try {
        await updateProgramme(deps, readForm(body), seenOf(body))
      } catch (error) {
        if (error instanceof InvalidInput) return show(reply.status(422), body, error.faults)
        if (!(error instanceof Conflict)) throw error
        // Saving again is then a decision: the form is made from the newest settings.
        const { updated_at } = await getProgramme(deps.db)
        const message = `${error.message} Open this page in another window to see what they wrote; what you typed is below, and saving it again replaces theirs.`
        return show(reply.status(409), { ...body, seen: updated_at.toISOString() }, [{ field: '', message }])
      }
      return reply.redirect('/console/settings?notice=saved', 303)
    },
  })
}

function typedFrom(programme: Programme): Typed {
  const { name, contact_address, from_name, footer, languages, second_person_over, count_clicks, updated_at } =
    programme
  return {
    name,
    contact_address,
    from_name,
    footer,
    languages,
    other_languages: '',
    second_person_over: second_person_over === null ? '' : String(second_person_over),
    count_clicks: count_clicks ? 'yes' : '',
    seen: updated_at.toISOString(),
  }
}

/** What was typed, for the service to judge: a number that is none stays one that it refuses. */
function readForm({
  languages,
  other_languages,
  second_person_over,
  count_clicks,
  seen: _,
  ...texts
}: Typed): ProgrammeChange {
  const over = second_person_over.replace(/[\s,]/g, '')
  const others = other_languages.split(/[,;\n]/).filter((one) => one.trim() !== '')
  return {
    ...texts,
    languages: [...languages, ...others.map((one) => findLanguage(one) ?? one.trim())],
    second_person_over: over === '' ? null : Number(over),
    count_clicks: count_clicks === 'yes',
  }
}

function seenOf({ seen }: Typed): Date | undefined {
  const at = new Date(seen)
  return Number.isNaN(at.getTime()) ? undefined : at
}

function presentForm(typed: Typed, faults: readonly FieldFault[], mailFrom: string) {
  const field = (
    name: 'name' | 'contact_address' | 'from_name' | 'footer' | 'other_languages' | 'second_person_over',
  ) => ({
    name,
    value: typed[name],
  })
  const named = [...new Set([...PHRASE_LANGUAGES, ...typed.languages])]
  return {
    seen: typed.seen,
    name: presentField({ ...field('name'), label: 'Name of the programme' }, faults),
    contact: presentField(
      {
        ...field('contact_address'),
        label: 'Contact address',
        hint: 'Where people write when they need a person. It stands on every public page.',
        autocomplete: 'email',
      },
      faults,
    ),
    from: presentField(
      {
        ...field('from_name'),
        label: 'Sender’s name',
        hint: `Who an email is from when its campaign names nobody. Empty: as the service was started with, ${mailFrom}.`,
      },
      faults,
    ),
    footer: presentField(
      {
        ...field('footer'),
        label: 'Footer',
        hint: 'Stands under every message: a postal address, which many countries ask for, and the website. Up to 5 lines.',
        rows: 5,
      },
      faults,
    ),
    language_fault: faultOf(faults, 'languages'),
    languages: named.map((tag, at) => ({
      id: at === 0 ? 'languages' : `language-${tag}`,
      tag,
      name: languageName(tag),
      checked: typed.languages.includes(tag),
    })),
    others: presentField(
      {
        ...field('other_languages'),
        label: 'Other languages',
        hint: 'Such as Portuguese or pt-BR, separated by commas.',
      },
      faults,
    ),
    second_person: presentField(
      {
        ...field('second_person_over'),
        label: 'Second person over',
        hint: 'A campaign to more people than this needs a second person’s word. Empty: none does.',
        short: true,
      },
      faults,
    ),
    count_clicks: typed.count_clicks === 'yes',
  }
}

function presentFacts(typed: Typed) {
  const said = (value: string) => value || 'not said yet'
  const over = Number(typed.second_person_over)
  return [
    { name: 'Name', value: said(typed.name) },
    { name: 'Contact address', value: said(typed.contact_address) },
    { name: 'Sender’s name', value: said(typed.from_name) },
    { name: 'Footer', value: said(typed.footer.replaceAll('\n', ', ')) },
    { name: 'Languages', value: typed.languages.map(languageName).join(', ') },
    { name: 'Second person', value: over ? `for more than ${formatCount(over)} people` : 'not needed' },
    { name: 'Clicks on links', value: typed.count_clicks ? 'counted' : 'not counted' },
  ]
}

/** What was typed may be no tag at all: it is shown as it is. */
function languageName(tag: string): string {
  return findLanguage(tag) === undefined ? tag : nameLanguage(findLanguage(tag) as string)
}
