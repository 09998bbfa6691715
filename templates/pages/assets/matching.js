// Adds keys to the list of proposals, which works without them: j and k go from one to the next, l, s and b press what
// stands in it, u takes the last change back. Only while something of the list has the focus, and never while typing.

const list = document.getElementById('list')
const keys = document.getElementById('keys')
if (list && keys) {
  keys.hidden = false
  list.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
    const proposal = event.target.closest('.proposal')
    if (!proposal) return
    const pressed = event.key.toLowerCase()
    if (pressed === 'j' || pressed === 'k') move(proposal, pressed === 'j' ? 1 : -1)
    else if (pressed === 'u') document.getElementById('undo')?.click()
    else if ('lsb'.includes(pressed)) proposal.querySelector(`[data-key="${pressed}"]`)?.click()
    else return
    event.preventDefault()
  })
}

function move(from, step) {
  const all = [...list.querySelectorAll('.proposal')]
  all[all.indexOf(from) + step]?.focus()
}

function isTyping({ tagName, isContentEditable }) {
  return isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(tagName)
}
