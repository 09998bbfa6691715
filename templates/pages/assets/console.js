// Adds to every page of the console, which works without it: menus that close, and words for a request that failed.

document.addEventListener('click', ({ target }) => closeMenus((menu) => !menu.contains(target)))
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return
  const menu = document.activeElement?.closest('details.menu[open]')
  closeMenus(() => true)
  menu?.querySelector('summary').focus()
})

// A signed-out request is led to the sign-in page, which must not be put into a part of this one.
document.addEventListener('htmx:before:response', (event) => {
  const { raw } = event.detail.ctx.response
  if (raw.status !== 401 && !(raw.redirected && new URL(raw.url).pathname === '/sign-in')) return
  event.preventDefault()
  tell('You are signed out. What you see is kept as it is.', 'Sign in in another window', '/sign-in')
})
document.addEventListener('htmx:response:error', ({ detail: { ctx } }) => {
  const { status } = ctx.response
  if (status === 409 || status === 422) return
  const words = status >= 500 || status === 429 ? 'Pairpost could not do that just now.' : 'That could not be done.'
  tell(`${words} What you see may be old.`, 'Load the page again', location.href)
})
document.addEventListener('htmx:error', ({ detail: { ctx } }) => {
  if (ctx) tell('The connection failed. What you see may be old.', 'Load the page again', location.href)
})
document.addEventListener('htmx:after:swap', ({ detail: { ctx } }) => {
  if (ctx.response.status < 400) document.getElementById('trouble')?.remove()
})

function closeMenus(ifAny) {
  for (const menu of document.querySelectorAll('details.menu[open]')) if (ifAny(menu)) menu.open = false
}

/** One sentence at the head of the page, said once however often it fails, gone when a request succeeds. */
function tell(words, action, href) {
  if (document.getElementById('trouble')?.dataset.words === words) return
  document.getElementById('trouble')?.remove()
  const link = Object.assign(document.createElement('a'), { href, textContent: action })
  if (href === '/sign-in') Object.assign(link, { target: '_blank', rel: 'noopener' })
  const box = Object.assign(document.createElement('p'), { id: 'trouble', className: 'problem', role: 'alert' })
  box.dataset.words = words
  box.append(`${words} `, link)
  document.getElementById('main').prepend(box)
}
