import { PHRASE_LANGUAGES, type Phrases, phrasesOf } from '../../features/campaigns/index.ts'
import { getProgramme } from '../../features/programme/index.ts'
import { nameLanguage } from '../../lib/languages.ts'
import { mayDo } from '../../lib/permissions.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import type { ConsoleDeps } from '../shell.ts'
import { roleOf } from './caller.ts'
import { settingsTabs } from './tabs.ts'

/** The fixed words of a message, in the order in which they stand in it. */
const WORDS: [keyof Omit<Phrases, 'language' | 'direction'>, string][] = [
  ['curator', 'Before a guest curator’s name'],
  ['watch', 'Above a video'],
  ['read_more', 'Above the links'],
  ['programme', 'First line of the footer'],
  ['why', 'Why this email came'],
  ['reply', 'How to ask'],
  ['stop', 'The link that stops these emails'],
]

/** /console/settings/languages: which of the fixed words around a text exist in which language. */
export function addLanguagesPage(app: TypedApp, deps: ConsoleDeps): void {
  app.route({
    method: 'GET',
    url: '/console/settings/languages',
    config: { allow: 'settings.read' },
    handler: async (request, reply) => {
      const role = roleOf(request)
      const { languages, footer } = await getProgramme(deps.db)
      const model = {
        tabs: settingsTabs(role, 'languages'),
        languages: languages.map(presentLanguage),
        others: PHRASE_LANGUAGES.filter((tag) => !languages.some((own) => own.split('-')[0] === tag))
          .map(nameLanguage)
          .join(', '),
        footer_lines: footer === '' ? [] : footer.split('\n'),
        may_write: mayDo(role, 'settings.write'),
      }
      return deps.shell.show(reply, 'settings/languages', { title: 'Languages', nav: 'settings' }, model)
    },
  })
}

function presentLanguage(tag: string) {
  const phrases = phrasesOf(tag)
  return {
    tag,
    name: nameLanguage(tag),
    has_own: PHRASE_LANGUAGES.includes(tag.split('-')[0] as string),
    lang: phrases.language,
    dir: phrases.direction,
    words: WORDS.map(([key, name]) => ({ name, text: phrases[key] })),
  }
}
