import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import Handlebars from 'handlebars'

/** What a layout puts around a page. `frame` is what it needs beyond its title. */
export interface PageFrame {
  title: string
  layout?: 'layout' | 'console-layout' | 'plain-layout' | 'participant/layout' | 'participant/layout' | 'topics/layout'
  /** Path of the style sheet. */
  stylesheet?: string
  frame?: object
}

export interface Pages {
  /**
   * @param name such as `mailbox/list`
   * @param model `csrf` in it is what the helper `{{csrf}}` writes into forms
   * @throws when the page misses a field of the model
   */
  render(name: string, frame: PageFrame, model: object): string
  /** One partial by itself, such as `console/campaigns/_progress`. */
  renderPart(name: string, model: object): string
}

const FOLDER = fileURLToPath(new URL('../../../templates/pages/', import.meta.url))
const OPTIONS = { strict: true, preventIndent: true }

/**
 * The pages of templates/pages, each inside a layout; files that begin with an underscore are partials. An instance
 * of its own: pages and email share no helper. A page with a syntax error stops the start.
 */
export function openPages(folder = FOLDER): Pages {
  const known = opened.get(folder) ?? readPages(folder)
  opened.set(folder, known)
  return known
}

/** Read once a process: they are files of the release, and a hundred of them take a third of a second. */
const opened = new Map<string, Pages>()

function readPages(folder: string): Pages {
  const handlebars = Handlebars.create()
  handlebars.registerHelper('csrf', writeCsrf)
  const pages = new Map<string, Handlebars.TemplateDelegate>()
  const parts = new Map<string, Handlebars.TemplateDelegate>()
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.hbs')) continue
    const name = path.replaceAll('\\', '/').slice(0, -'.hbs'.length)
    const page = handlebars.compile(handlebars.parse(readFileSync(`${folder}/${path}`, 'utf8')), OPTIONS)
    const isPart = /(^|\/)_[^/]*$/.test(name)
    if (isPart) handlebars.registerPartial(name, page)
    ;(isPart ? parts : pages).set(name, page)
  }

  const get = (name: string, from = pages) => {
    const page = from.get(name)
    if (!page) throw new Error(`There is no page ${name}`)
    return page
  }
  return {
    render: (name, { layout = 'layout', frame, ...head }, model) =>
      get(layout)({ ...head, ...frame, body: get(name)(model) }),
    renderPart: (name, model) => get(name, parts)(model),
  }
}

/** The hidden field that binds a form to its session, wherever in the page the form stands. */
function writeCsrf(options: Handlebars.HelperOptions): Handlebars.SafeString {
  const token = Handlebars.escapeExpression((options.data.root as { csrf?: string }).csrf ?? '')
  return new Handlebars.SafeString(`<input type="hidden" name="_csrf" value="${token}">`)
}
