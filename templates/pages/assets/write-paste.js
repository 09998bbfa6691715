// Turns what Word, Google Docs and web pages put on the clipboard into Markdown. Loaded when something is pasted.

const JUNK =
  'style, script, meta, link, title, xml, template, iframe, object, input, button, select, textarea, svg, .Apple-interchange-newline'
const MEANING =
  'h1, h2, h3, h4, h5, h6, b, strong, i, em, ul, ol, a[href], hr, blockquote, [data-style*="mso-list" i], [data-style*="font-weight:" i], [data-style*="font-style:" i]'

/** Undefined when it is only plain text in colours: then what was copied is pasted as it stands. */
export async function toMarkdown(html) {
  // The page's policy lets no style stand; parsed under another name it can still be read.
  const bare = html.replace(/<style[\s\S]*?<\/style>/gi, '')
  const renamed = bare.replace(/(<[^<>]*?\s)style=/gi, '$1data-style=')
  const { body } = new DOMParser().parseFromString(renamed, 'text/html')
  if (!body.querySelector(MEANING)) return undefined
  const pictures = clean(body)
  await loadTurndown()
  const turndown = new TurndownService({
    headingStyle: 'atx',
    hr: '---',
    bulletListMarker: '-',
    codeBlockStyle: 'fenced',
    emDelimiter: '*',
  })
  const markdown = turndown
    .turndown(body)
    // Word fills up with fixed spaces; one between two words may be meant, as French has it.
    .replace(/\u00a0(?=\s)|(?<=\s)\u00a0/g, ' ')
    .replace(/(?<=\S) {2,}(?=\S)/g, ' ')
    .replace(/^(\s*)(-|\d+\.) {2,3}(?=\S)/gm, '$1$2 ')
    // A backslash inside a merge field would break it.
    .replace(/\{\{[^{}\n]*\}\}/g, (field) => field.replaceAll('\\', ''))
    .replace(/[ \t\u00a0]+(?=\n\n)/g, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
  return { markdown, pictures }
}

let loading
function loadTurndown() {
  loading ??= new Promise((done, fail) => {
    const src = '/assets/turndown.js'
    document.head.append(Object.assign(document.createElement('script'), { src, onload: done, onerror: fail }))
  })
  return loading
}

/** Returns how many pictures were left out: those of a clipboard live on the writer's machine, or not for long. */
function clean(body) {
  const comments = document.createNodeIterator(body, NodeFilter.SHOW_COMMENT)
  for (let node = comments.nextNode(); node; node = comments.nextNode()) node.remove()
  for (const junk of body.querySelectorAll(JUNK)) junk.remove()
  const pictures = body.querySelectorAll('img, v\\:imagedata')
  for (const picture of pictures) picture.remove()
  makeWordLists(body)
  for (const one of body.querySelectorAll('*')) if (one.localName.includes(':')) unwrap(one)
  for (const title of body.querySelectorAll('.MsoTitle')) rename(title, 'h2')
  readStyles(body)
  cleanLinks(body)
  cleanLists(body)
  cleanHeadings(body)
  return pictures.length
}

const styleOf = (one) => one.getAttribute('data-style') ?? ''
const unwrap = (one) => one.replaceWith(...one.childNodes)
function rename(one, name) {
  const other = document.createElement(name)
  other.append(...one.childNodes)
  one.replaceWith(other)
  return other
}

/** Google Docs says bold and italic in styles, and wraps everything into a <b> that is not bold. */
function readStyles(body) {
  for (const one of body.querySelectorAll('b, strong, i, em')) {
    const isBold = one.matches('b, strong')
    if ((isBold ? /(?<!-)font-weight:\s*(normal|400)/i : /(?<!-)font-style:\s*normal/i).test(styleOf(one))) unwrap(one)
  }
  for (const span of body.querySelectorAll('span')) {
    const style = styleOf(span)
    if (/(?<!-)font-weight:\s*(bold|[6-9]00)/i.test(style) && !span.closest('b, strong')) wrapInside(span, 'strong')
    if (/(?<!-)font-style:\s*italic/i.test(style) && !span.closest('i, em')) wrapInside(span, 'em')
    unwrap(span)
  }
}

function wrapInside(one, name) {
  const inner = document.createElement(name)
  inner.append(...one.childNodes)
  one.append(inner)
}

/** Word's lists are paragraphs that say their level in a style, with the sign as text. */
function makeWordLists(body) {
  let open = []
  let last
  for (const item of body.querySelectorAll('[data-style*="mso-list:" i]')) {
    const level = Number(/mso-list:[^;]*level(\d)/i.exec(styleOf(item))?.[1] ?? 0)
    if (level === 0) continue
    const sign = item.querySelector('[data-style*="mso-list:" i]')
    const name = /^\s*\(?([\divxlc]+|[a-z])[.)]/i.test(sign?.textContent ?? '') ? 'ol' : 'ul'
    sign?.remove()
    if (item.previousElementSibling !== last) open = []
    while (open.length > level) open.pop()
    if (open.length === level && open.at(-1).localName !== name && level === 1) open.pop()
    while (open.length < level) {
      const list = document.createElement(name)
      const inside = open.at(-1)
      if (!inside) item.before(list)
      else (inside.lastElementChild ?? inside.appendChild(document.createElement('li'))).append(list)
      open.push(list)
    }
    const entry = document.createElement('li')
    entry.append(...item.childNodes)
    open.at(-1).append(entry)
    last = open[0]
    item.remove()
  }
}

const WRAPPERS = [
  [/^https?:\/\/(?:www\.)?google\.[a-z.]+\/url\?/i, ['q', 'url']],
  [/^https?:\/\/[\w.-]+\.safelinks\.protection\.outlook\.com\/\?/i, ['url']],
]

function cleanLinks(body) {
  for (const link of body.querySelectorAll('a')) {
    let href = link.getAttribute('href')?.trim() ?? ''
    for (const [pattern, names] of WRAPPERS) {
      const { searchParams } = pattern.test(href) && URL.canParse(href) ? new URL(href) : {}
      href = names.map((name) => searchParams?.get(name)).find(Boolean) ?? href
    }
    if (/^(https?:|mailto:)/i.test(href) && link.textContent.trim() !== '') link.setAttribute('href', href)
    else unwrap(link)
    link.removeAttribute('title')
  }
}

function cleanLists(body) {
  // A list that stands beside its item, not in it.
  for (const list of body.querySelectorAll(':is(ul, ol) > :is(ul, ol)')) list.previousElementSibling?.append(list)
  for (const paragraph of body.querySelectorAll('li > p:first-child')) unwrap(paragraph)
}

/** The title of an email is its subject, so that headings begin with the second level; they are bold by themselves. */
function cleanHeadings(body) {
  const down = body.querySelector('h1') ? 1 : 0
  for (const heading of body.querySelectorAll('h1, h2, h3, h4, h5, h6')) {
    for (const bold of heading.querySelectorAll('b, strong')) unwrap(bold)
    for (const line of heading.querySelectorAll('br')) line.replaceWith(' ')
    if (heading.textContent.trim() === '') heading.remove()
    else rename(heading, `h${Math.min(Number(heading.localName[1]) + down, 4)}`)
  }
}
