// The toolbar of the write page: everything is typed into the text as Markdown, so that undo takes it back.

import { addPictures } from './write-pictures.js'

export function addToolbar(form, { note }) {
  const body = form.elements.body_markdown
  const bar = document.getElementById('toolbar')
  if (!body || !bar) return
  const pictures = addPictures(form, body, { insert: insertBlock, ask })
  let last = body
  form.addEventListener('focusin', ({ target }) => {
    if (['body_markdown', 'subject', 'preheader'].includes(target.name)) last = target
  })

  const ACTS = {
    bold: () => wrap(body, '**'),
    italic: () => wrap(body, '*'),
    heading: () => eachLine(body, nextHeading),
    list: () =>
      eachLine(
        body,
        asList(/^\s*[-*+] /, () => '- '),
      ),
    numbers: () =>
      eachLine(
        body,
        asList(/^\s*\d+[.)] /, (at) => `${at + 1}. `),
      ),
    divider: () => insertBlock(body, '---'),
    link: () => askLink(body, ''),
    button: () => askLink(body, '{.button}'),
    picture: () => pictures.choose(),
    merge: () => {
      const { value } = form.ownerDocument.getElementById('merge_field')
      if (value) insert(last, value)
    },
  }
  addInsert(bar)
  bar.hidden = false
  bar.addEventListener('mousedown', (event) => {
    // The caret stays where it is; on a phone the keyboard stays open.
    if (event.target.closest('button')) event.preventDefault()
  })
  bar.addEventListener('click', ({ target }) => ACTS[target.closest('[data-act]')?.dataset.act]?.())
  rove(bar)
  body.addEventListener('keydown', (event) => {
    const act = { b: 'bold', i: 'italic', k: 'link' }[event.key.toLowerCase()]
    if (!act || event.shiftKey || event.altKey || !(event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    ACTS[act]()
  })
  document.getElementById('findings')?.addEventListener('click', (event) => {
    const line = Number(event.target.closest('[data-line]')?.dataset.line)
    if (!line) return
    event.preventDefault()
    goToLine(body, line)
  })
  body.addEventListener('paste', (event) => paste(event, body, { pictures, note }))
}

/** A choice in a list must do nothing by itself (WCAG 3.2.2): a button beside it puts the field in. */
function addInsert(bar) {
  const select = document.getElementById('merge_field')
  if (!select || bar.querySelector('[data-act="merge"]')) return
  const insert = Object.assign(document.createElement('button'), { type: 'button', textContent: 'Insert' })
  insert.dataset.act = 'merge'
  insert.setAttribute('aria-label', 'Insert the merge field')
  select.after(insert)
}

/** One stop for Tab, arrows inside (WAI-ARIA, toolbar). */
function rove(bar) {
  const buttons = [...bar.querySelectorAll('button')]
  const go = (to) => {
    for (const one of buttons) one.tabIndex = one === to ? 0 : -1
  }
  go(buttons[0])
  bar.addEventListener('focusin', ({ target }) => buttons.includes(target) && go(target))
  bar.addEventListener('keydown', (event) => {
    const at = buttons.indexOf(event.target)
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key] * (getComputedStyle(bar).direction === 'rtl' ? -1 : 1)
    const to = event.key === 'Home' ? 0 : event.key === 'End' ? buttons.length - 1 : at + step
    if (at < 0 || Number.isNaN(to)) return
    event.preventDefault()
    buttons.at(to % buttons.length).focus()
  })
}

/** Types a text over the selection, or over `from` to `to`, and marks a part of it. */
export function insert(field, text, { from = field.selectionStart, to = field.selectionEnd, mark } = {}) {
  field.focus()
  field.setSelectionRange(from, to)
  const done =
    text === '' ? from === to || document.execCommand('delete') : document.execCommand('insertText', false, text)
  if (!done) {
    field.setRangeText(text, from, to, 'end')
    field.dispatchEvent(new InputEvent('input', { bubbles: true }))
  }
  if (mark) field.setSelectionRange(from + mark[0], from + mark[1])
}

function goToLine(field, number) {
  const lines = field.value.split('\n')
  const from = lines.slice(0, number - 1).join('\n').length + (number > 1 ? 1 : 0)
  field.focus()
  field.setSelectionRange(from, from + (lines[number - 1]?.length ?? 0))
  field.scrollTop = (field.scrollHeight * (number - 3)) / lines.length
}

/** As a paragraph of its own. */
export function insertBlock(field, text) {
  const before = field.value.slice(0, field.selectionStart)
  const after = field.value.slice(field.selectionEnd)
  const gap = (lines, wanted) => (lines === '' ? '' : '\n'.repeat(Math.max(0, 2 - wanted)))
  insert(
    field,
    gap(before, /\n*$/.exec(before)[0].length) +
      text +
      (after === '' ? '\n' : gap(after, /^\n*/.exec(after)[0].length)),
  )
}

function wrap(field, sign) {
  const { value } = field
  let [from, to] = [field.selectionStart, field.selectionEnd]
  // A word chosen by two clicks has a space behind it, and Markdown wants none inside.
  while (from < to && /\s/.test(value[from])) from++
  while (to > from && /\s/.test(value[to - 1])) to--
  const inner = value.slice(from, to)
  const stars = (text, pattern) => pattern.exec(text)[0].length
  const before = stars(value.slice(0, from), /\**$/)
  const after = stars(value.slice(to), /^\**/)
  const has = sign === '**' ? Math.min(before, after) >= 2 : Math.min(before, after) % 2 === 1
  const size = sign.length
  if (has) insert(field, inner, { from: from - size, to: to + size, mark: [0, inner.length] })
  else insert(field, sign + inner + sign, { from, to, mark: [size, size + inner.length] })
}

function eachLine(field, change) {
  const { value, selectionStart, selectionEnd } = field
  const from = value.lastIndexOf('\n', selectionStart - 1) + 1
  const end = value.indexOf('\n', Math.max(selectionEnd - 1, selectionStart))
  const to = end === -1 ? value.length : end
  const text = change(value.slice(from, to).split('\n')).join('\n')
  insert(field, text, {
    from,
    to,
    mark: selectionStart === selectionEnd ? [text.length, text.length] : [0, text.length],
  })
}

/** The title of an email is its subject: headings begin with the second level. */
function nextHeading(lines) {
  const next = { '': '## ', '## ': '### ' }[/^(#+ )?/.exec(lines[0])[0]] ?? ''
  return lines.map((line) => (line.trim() === '' && lines.length > 1 ? line : next + line.replace(/^#+ /, '')))
}

function asList(pattern, sign) {
  return (lines) => {
    const isList = lines.every((line) => line.trim() === '' || pattern.test(line))
    const bare = (line) => line.replace(/^\s*([-*+]|\d+[.)]) /, '')
    if (isList && lines.some((line) => line.trim() !== '')) return lines.map(bare)
    let at = 0
    return lines.map((line) => (line.trim() === '' && lines.length > 1 ? line : sign(at++) + bare(line)))
  }
}

/** Asks in a dialog of the page. Resolves to the dialog's form fields, or undefined when it was left. */
export function ask(title, fields, yes, check = async () => undefined) {
  const dialog = document.createElement('dialog')
  dialog.setAttribute('aria-label', title)
  dialog.innerHTML = `<form method="dialog"><h2></h2><p class="fault" role="alert" hidden></p>${fields}<div class="actions"><button class="button primary"></button> <button type="button" class="button">Cancel</button></div></form>`
  dialog.querySelector('h2').textContent = title
  const [go, cancel] = dialog.querySelectorAll('.actions button')
  go.textContent = yes
  document.body.append(dialog)
  return new Promise((done) => {
    const values = dialog.querySelector('form')
    cancel.onclick = () => dialog.close()
    dialog.onclose = () => {
      dialog.remove()
      done(undefined)
    }
    values.onsubmit = async (event) => {
      event.preventDefault()
      go.disabled = true
      const fault = await check(values.elements)
      go.disabled = false
      const words = dialog.querySelector('[role=alert]')
      words.hidden = !fault
      words.textContent = fault ?? ''
      if (fault) return
      done(values.elements)
      dialog.close()
    }
    dialog.showModal()
  })
}

const LINK_FIELDS = `<div class="field"><label for="ask_text">Words of the link</label><input id="ask_text" name="text" dir="auto" required></div>
<div class="field"><label for="ask_url">Address</label><input id="ask_url" name="url" inputmode="url" autocapitalize="none" spellcheck="false" dir="ltr" required placeholder="https://"></div>`

async function askLink(field, kind) {
  const { selectionStart: from, selectionEnd: to, value } = field
  const chosen = value.slice(from, to).trim()
  const asking = ask(kind ? 'Button' : 'Link', LINK_FIELDS, 'Insert')
  const { text, url } = document.querySelector('dialog[open] form').elements
  if (/^(https?:|mailto:|www\.)\S+$/i.test(chosen)) url.value = chosen
  else text.value = chosen
  ;(text.value ? url : text).focus()
  if (!(await asking)) return field.focus()
  field.focus()
  field.setSelectionRange(from, to)
  const written = `[${text.value.trim().replace(/[[\]]/g, '\\$&')}](${addressOf(url.value)})${kind}`
  if (kind) insertBlock(field, written)
  else insert(field, written)
}

/** As it was meant: `www.x.org` is a website, `a@x.org` a mailbox, and a space or bracket would end the Markdown. */
function addressOf(typed) {
  const url = typed
    .trim()
    .replace(/[\s()<>]/g, encodeURIComponent)
    .replace(/\(/g, '%28')
    .replace(/\)/g, '%29')
  if (/^[a-z][a-z\d+.-]*:|^\{\{/i.test(url)) return url
  return /^[^@/]+@[^@/]+$/.test(url) ? `mailto:${url}` : `https://${url}`
}

async function paste(event, field, { pictures, note }) {
  const { clipboardData: data } = event
  const files = [...data.files].filter(({ type }) => type.startsWith('image/'))
  const html = data.getData('text/html')
  const plain = data.getData('text/plain')
  // Word gives a picture of the text beside the text itself.
  if (files.length > 0 && plain.trim() === '') {
    event.preventDefault()
    return pictures.choose(files[0])
  }
  if (html === '' || plain === '') return
  event.preventDefault()
  const { toMarkdown } = await import('./write-paste.js').catch(() => ({}))
  const converted = await toMarkdown?.(html).catch(() => undefined)
  insert(field, converted?.markdown ?? plain.replace(/\r\n?/g, '\n'))
  if (converted?.pictures)
    note(
      converted.pictures === 1
        ? 'A picture was left out of what you pasted: add it with Picture.'
        : `${converted.pictures} pictures were left out of what you pasted: add them with Picture.`,
    )
}
