// Pictures of the write page: chosen, dropped or pasted, described, uploaded, and put where the caret is.

const FIELDS = `<div class="field"><label for="ask_file">Picture</label><p class="hint" id="ask_file_hint">PNG, JPEG, GIF or WebP, up to 5 MB.</p><input id="ask_file" name="file" type="file" accept="image/png,image/jpeg,image/gif,image/webp" required aria-describedby="ask_file_hint"></div>
<div class="field"><label for="ask_alt">What it shows</label><p class="hint" id="ask_alt_hint">For readers who do not see it.</p><input id="ask_alt" name="alt" maxlength="1000" dir="auto" required aria-describedby="ask_alt_hint"></div>`

export function addPictures(form, body, { insert, ask }) {
  const address = form.dataset.pictures ?? form.dataset.save.replace(/[^/]*$/, 'pictures')

  async function choose(file) {
    let markdown
    const { selectionStart, selectionEnd } = body
    const asking = ask('Picture', FIELDS, 'Add the picture', async ({ file: chosen, alt }) => {
      const outcome = await upload(chosen.files[0], alt.value)
      markdown = outcome.markdown
      return outcome.fault
    })
    const fields = document.querySelector('dialog[open] form').elements
    if (file) {
      // A file that was pasted or dropped is in the dialog like one that was chosen there.
      const held = new DataTransfer()
      held.items.add(file)
      fields.file.files = held.files
      fields.alt.focus()
    }
    const added = await asking
    body.focus()
    body.setSelectionRange(selectionStart, selectionEnd)
    if (added && markdown) insert(body, markdown)
  }

  async function upload(file, alt) {
    if (file.size > 5 * 1024 * 1024)
      return { fault: 'The file is larger than 5 MB: 1,200 pixels wide is plenty for an email.' }
    const data = new FormData()
    data.append('alt', alt)
    data.append('insert', 'none')
    data.append('file', file)
    const headers = { accept: 'application/json', 'csrf-token': form.elements._csrf?.value ?? '' }
    try {
      const answer = await fetch(address, { method: 'POST', body: data, headers })
      const found = await answer.json().catch(() => ({}))
      if (answer.status === 201) return found
      const faults = found.errors?.map(({ message }) => message).join(' ')
      return { fault: faults || found.detail || 'The picture could not be added just now.' }
    } catch {
      return { fault: 'There is no connection: the picture was not added. Try again in a moment.' }
    }
  }

  const imageOf = ({ dataTransfer }) => [...(dataTransfer?.files ?? [])].find(({ type }) => type.startsWith('image/'))
  body.addEventListener('dragover', (event) => {
    if ([...(event.dataTransfer?.items ?? [])].some(({ kind }) => kind === 'file')) event.preventDefault()
  })
  body.addEventListener('drop', (event) => {
    const file = imageOf(event)
    if (!file) return
    event.preventDefault()
    return choose(file)
  })
  return { choose }
}
