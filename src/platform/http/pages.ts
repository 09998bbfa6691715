import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import Handlebars from 'handlebars'

/** What the layout needs of every page. */
export interface PageFrame {
  title: string
  /** Path of the style sheet. */
  stylesheet: string
}

export interface Pages {
  /** @param name such as `mailbox/list` @throws when the page misses a field of the model */
  render(name: string, frame: PageFrame, model: object): string
}

const FOLDER = fileURLToPath(new URL('../../../templates/pages/', import.meta.url))
const OPTIONS = { strict: true, preventIndent: true }

/**
 * The pages of templates/pages, each inside layout.hbs; files that begin with an underscore are partials. An instance
 * of its own: pages and email share no helper. A page with a syntax error stops the start.
 */
export function openPages(folder = FOLDER): Pages {
  const handlebars = Handlebars.create()
  const pages = new Map<string, Handlebars.TemplateDelegate>()
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.hbs')) continue
    const name = path.replaceAll('\\', '/').slice(0, -'.hbs'.length)
    const source = handlebars.parse(readFileSync(`${folder}/${path}`, 'utf8'))
    if (/(^|\/)_[^/]*$/.test(name)) handlebars.registerPartial(name, handlebars.compile(source, OPTIONS))
    else pages.set(name, handlebars.compile(source, OPTIONS))
  }

  const get = (name: string) => {
    const page = pages.get(name)
    if (!page) throw new Error(`There is no page ${name}`)
    return page
  }
  return {
    render: (name, frame, model) => get('layout')({ ...frame, body: get(name)(model) }),
  }
}
