// Adds to the page on which a campaign is written, which works without it: saves by itself, keeps a copy in this
// browser until the service has the text, shows the preview anew. Toolbar and pasting are in modules beside it.

const form = document.getElementById('write')
if (form?.dataset.save) begin(form, document.getElementById('save_state'))

function begin(form, state) {
  const AFTER_KEY_MS = 3000
  const NOT_TEXT = '#preview_box, [name=new_language]'
  const LONGEST_MS = 8000
  const ANSWER_MS = 15_000
  const key = `pairpost write ${form.dataset.key ?? location.pathname} ${form.elements.language?.value ?? ''}`
  const known = new WeakMap()
  const tabs = 'BroadcastChannel' in window ? new BroadcastChannel(key) : undefined
  let timer
  let copyTimer
  let unsavedSince
  let failures = 0
  let busy = false
  let halted = false
  let offered = false
  let renewed = false
  let leaving = false
  // The page is the answer to a save that was refused: what it shows is kept nowhere yet.
  let refused = document.querySelector('#faults, #conflict') !== null

  // Settings wait for the button; the rest of the form is for the server alone.
  const isSetting = ({ name }) => /^(from_name|planned_at|web_copy|fallbacks\.)/.test(name)
  const controls = () =>
    [...form.elements].filter(
      (one) => one.id && one.name && !/hidden|submit|button|file|radio/.test(one.type) && !one.closest(NOT_TEXT),
    )
  const read = (one) => (one.type === 'checkbox' ? String(one.checked) : one.value)
  const asServed = (one) =>
    one.type === 'checkbox'
      ? String(one.defaultChecked)
      : one.options
        ? ([...one.options].find((option) => option.defaultSelected) ?? one.options[0])?.value
        : one.defaultValue
  const isChanged = (one) => read(one) !== (known.get(one) ?? asServed(one))
  const texts = () => controls().filter((one) => !isSetting(one))
  const isUnsaved = () => refused || texts().some(isChanged)
  const isAnyUnsaved = () => refused || controls().some(isChanged)

  const link = (text, href, more) => Object.assign(document.createElement('a'), { textContent: text, href, ...more })
  const button = (text, onclick) =>
    Object.assign(document.createElement('button'), { type: 'button', className: 'button', textContent: text, onclick })
  /** Said once: the same words again would be read aloud again. */
  const say = (words, ...ways) => {
    if (state.dataset.words === words) return
    state.dataset.words = words
    state.replaceChildren(words, ...ways.flatMap((way) => [' ', way]))
  }
  const halt = (...words) => {
    halted = true
    clearTimeout(timer)
    say(...words)
  }

  function changed() {
    keepCopySoon()
    if (halted) return
    if (!isUnsaved()) {
      if (controls().some(isChanged)) say('Settings are not saved yet: press Save.')
      else if (failures > 0) say('')
      return
    }
    unsavedSince ??= performance.now()
    if (failures > 0 || busy) return
    later(Math.min(AFTER_KEY_MS, unsavedSince + LONGEST_MS - performance.now()))
  }

  function later(wait) {
    clearTimeout(timer)
    timer = setTimeout(save, Math.max(0, wait))
  }

  async function save({ leavingPage = false } = {}) {
    clearTimeout(timer)
    if (busy || halted || !isUnsaved()) return
    busy = true
    unsavedSince = undefined
    const sent = new Map(texts().map((one) => [one, read(one)]))
    const outcome = await send(leavingPage)
    busy = false
    if (outcome.status === 200) return kept(sent, outcome.body)
    await failed(outcome, sent)
  }

  async function send(keepalive) {
    const body = new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === 'string'))
    const headers = { accept: 'application/json' }
    // A browser takes no more than 64 KB along when its page goes.
    const settings = { keepalive: keepalive && String(body).length < 60_000, signal: AbortSignal.timeout(ANSWER_MS) }
    try {
      const answer = await fetch(form.dataset.save, { method: 'POST', body, headers, ...settings })
      return { status: answer.status, body: await answer.json().catch(() => ({})) }
    } catch {
      return { status: 0, body: {} }
    }
  }

  function kept(sent, { version, saved_at, fields = {} }) {
    failures = 0
    renewed = false
    refused = false
    for (const [one, value] of sent) known.set(one, value)
    if (takeOver(sent, fields)) form.elements.based_on.value = version
    tabs?.postMessage(version)
    say(`Saved ${saved_at?.text.split(', ').at(-1) ?? ''}`.trim())
    keepCopy()
    refresh()
    changed()
  }

  /** Puts in place what somebody else wrote meanwhile. False when this editor wrote there too: the next save meets it. */
  function takeOver(sent, fields) {
    const theirs = Object.entries(fields).flatMap(([id, value]) => {
      const one = document.getElementById(id) ?? (value && addRow(id))
      return one && form.contains(one) ? [[one, value]] : []
    })
    if (theirs.some(([one]) => sent.has(one) && read(one) !== sent.get(one))) return false
    for (const [one, value] of theirs) {
      one.value = value
      known.set(one, read(one))
    }
    return true
  }

  /** Links of others may be more than this page has rows for. */
  function addRow(id) {
    const number = Number(/^link_(?:title|url)_(\d+)$/.exec(id)?.[1] ?? -1)
    const last = document.getElementById(`link_title_${number - 1}`)?.closest('.form-row')
    if (!last) return undefined
    const row = last.cloneNode(true)
    row.innerHTML = row.innerHTML
      .replaceAll(`_${number - 1}"`, `_${number}"`)
      .replaceAll(`Link ${number}:`, `Link ${number + 1}:`)
    for (const field of row.querySelectorAll('input')) {
      field.value = ''
      field.defaultValue = ''
    }
    last.after(row)
    return document.getElementById(id)
  }

  async function failed({ status, body }, sent) {
    const words = body.message ?? body.detail ?? body.faults?.[0]?.message ?? ''
    if (status === 409 && body.code === 'campaign_changed')
      return halt(
        words,
        button('See both texts', () => form.requestSubmit(document.querySelector('[form=write][value=save]'))),
      )
    if ([404, 409, 410].includes(status))
      return halt(`Not saved: ${words || 'the campaign is gone.'} The text stays on this page.`)
    if ([400, 413, 422].includes(status)) {
      say(`Not saved: ${words || 'the text is too large.'}`)
      if ([...sent].some(([one, value]) => read(one) !== value)) later(AFTER_KEY_MS)
      return
    }
    failures++
    if (status === 401) renewed = false
    if (status === 403 && !renewed) {
      renewed = true
      if (await renewToken()) return save()
    }
    if (status === 403 && words) say(`Not saved: ${words} The text stays here.`)
    else if (status === 401 || status === 403)
      say(
        'Not saved: you are signed out. The text stays here, and is saved once you are back.',
        link('Sign in in another window', '/sign-in', { target: '_blank', rel: 'noopener' }),
      )
    else if (status === 0) say('Not saved: there is no connection. The text stays here; trying again.')
    else say('Not saved: Pairpost does not answer. The text stays here; trying again.')
    later(Math.min(30, 2 ** failures) * 1000)
  }

  /** Whoever signed in again has a new session, and forms of it have another token. */
  async function renewToken() {
    const answer = await fetch(location.href, { headers: { accept: 'text/html' } }).catch(() => undefined)
    if (!answer?.ok) return false
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    const token = page.querySelector('#write [name="_csrf"]')?.value
    if (token) for (const field of document.getElementsByName('_csrf')) field.value = token
    return token !== undefined
  }

  function refresh() {
    document.getElementById('findings')?.dispatchEvent(new CustomEvent('refresh'))
    const frame = document.getElementById('preview')
    if (!frame) return
    let at
    try {
      at = frame.contentWindow.scrollY
    } catch {
      // A sandbox of its own tells nobody.
    }
    if (at) frame.addEventListener('load', () => frame.contentWindow.scrollTo(0, at), { once: true })
    // biome-ignore lint/correctness/noSelfAssign: this is how a frame is loaded again
    frame.src = frame.src
  }

  function keepCopySoon() {
    copyTimer ??= setTimeout(keepCopy, 500)
  }

  function keepCopy() {
    clearTimeout(copyTimer)
    copyTimer = undefined
    if (offered) return
    try {
      if (!isAnyUnsaved()) return localStorage.removeItem(key)
      const values = controls().map((one) => [one.id, read(one)])
      localStorage.setItem(key, JSON.stringify({ based_on: form.elements.based_on.value, values }))
    } catch {
      // Full, or not allowed: then only the service keeps the text.
    }
  }

  /** What an earlier visit could not save. Compared by its words: the clock of this machine may be wrong. */
  function offerCopy() {
    let copy
    try {
      copy = JSON.parse(localStorage.getItem(key))
    } catch {
      return
    }
    const values = (copy?.values ?? []).flatMap(([id, value]) => {
      const one = document.getElementById(id)
      return one && form.contains(one) && read(one) !== value ? [[one, value]] : []
    })
    if (values.length === 0) return keepCopy()
    offered = true
    const box = Object.assign(document.createElement('div'), { className: 'notice', id: 'unsaved_copy' })
    box.setAttribute('role', 'status')
    const decide = (act) => () => {
      offered = false
      act()
      box.remove()
      keepCopy()
      changed()
      document.getElementById('body_markdown')?.focus()
    }
    const restore = () => {
      for (const [one, value] of values) {
        if (one.type === 'checkbox') one.checked = value === 'true'
        else one.value = value
      }
      // What others wrote since is met as if this had been written before it.
      form.elements.based_on.value = copy.based_on
    }
    box.append(
      'This browser holds a text of this email that was not saved. ',
      button('Put it back', decide(restore)),
      ' ',
      button(
        'Throw it away',
        decide(() => undefined),
      ),
    )
    form.before(box)
  }

  form.addEventListener('input', changed)
  form.addEventListener('change', changed)
  form.addEventListener('submit', (event) => {
    leaving = !event.defaultPrevented
  })
  addEventListener('pageshow', () => {
    leaving = false
  })
  addEventListener('beforeunload', (event) => {
    if (!leaving && isAnyUnsaved()) event.preventDefault()
  })
  addEventListener('pagehide', keepCopy)
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') keepCopy()
    return save({ leavingPage: document.visibilityState === 'hidden' })
  })
  addEventListener('online', () => save())
  tabs?.addEventListener('message', ({ data }) => {
    if (!(data > Number(form.elements.based_on.value)) || busy) return
    halt(
      'You saved this email in another window too. Here nothing is saved any more until you choose.',
      button('Load that text', () => location.reload()),
      button('Go on with this one', () => {
        halted = false
        say('')
        changed()
      }),
    )
  })

  const note = Object.assign(document.createElement('p'), { className: 'hint' })
  note.setAttribute('role', 'status')
  state.parentElement.after(note)

  offerCopy()
  if (document.getElementById('conflict')) halt('Nothing is saved by itself until you have chosen.')
  else changed()
  import('./write-toolbar.js')
    .then(({ addToolbar }) => addToolbar(form, { note: (words) => note.replaceChildren(words) }))
    // Without it the page still does everything by its fields and buttons.
    .catch(() => undefined)
}
