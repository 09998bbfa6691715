// Adds keys to the inbox, which works without them: on the list j and k go from reply to reply; in a reply j and k open
// the next one and the one before, y, n, q, o and d press their buttons. Never while a field has the focus or a key is
// held down with it, and each browser can switch them off.

const KEPT = 'inbox-keys'
/** A button was pressed: what follows is for the page that comes. */
let isLeaving = false
addEventListener('pageshow', () => {
  isLeaving = false
})

const keys = document.getElementById('keys')
const choice = document.getElementById('keys-on')
if (keys && choice) {
  keys.hidden = false
  choice.checked = remembered() !== 'off'
  choice.addEventListener('change', () => remember(choice.checked ? 'on' : 'off'))
  document.addEventListener('keydown', (event) => {
    if (!choice.checked || isLeaving || event.repeat || event.isComposing) return
    if (event.ctrlKey || event.metaKey || event.altKey || isField(event.target)) return
    if (act(event.key.toLowerCase())) event.preventDefault()
  })
}

function act(key) {
  const list = document.getElementById('replies')
  if (list) return (key === 'j' || key === 'k') && move(list, key === 'j' ? 1 : -1)
  const target = /^[jkynqod]$/.test(key) && document.querySelector(`[data-key="${key}"]`)
  if (!target) return false
  isLeaving = true
  target.click()
  return true
}

function move(list, step) {
  const links = [...list.querySelectorAll('h2 a')]
  const at = links.indexOf(document.activeElement)
  const to = at === -1 ? (step === 1 ? 0 : links.length - 1) : at + step
  links[to]?.focus()
  return true
}

function isField({ tagName, isContentEditable }) {
  return isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(tagName)
}

// A browser may forbid to keep anything.
function remembered() {
  try {
    return localStorage.getItem(KEPT)
  } catch {
    return null
  }
}
function remember(value) {
  try {
    localStorage.setItem(KEPT, value)
  } catch {}
}
