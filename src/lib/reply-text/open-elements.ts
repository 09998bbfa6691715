import type { ElementMark } from './html-marks.ts'

/** An element that is open, and what it says of the text within. */
export interface OpenElement {
  name: string
  mark: ElementMark
  /** Line breaks within count, as in `<pre>`. */
  preformatted: boolean
}

/** End tags do not reach beyond the cell they stand in (HTML, 13.2.4.2, "has an element in scope"). */
const SCOPES: ReadonlySet<string> = new Set(['td', 'th', 'table'])
/** Elements that may carry a mark or end one; all others are breaks or nothing, and are not kept. */
const KEPT: ReadonlySet<string> = new Set([
  ...SCOPES,
  ...['div', 'blockquote', 'section', 'article', 'center', 'span', 'form', 'fieldset', 'pre', 'tr', 'ul', 'ol', 'p'],
])

/**
 * The open elements as a browser would see them, as far as marks need it. Every tag costs a constant time on average
 * however deep the nesting is: the places of each name tell at once what an end tag closes, and each place is left once.
 */
export function openElements() {
  const stack: OpenElement[] = []
  const scopes: number[] = []
  const quotes: number[] = []
  const places = new Map<string, number[]>()

  const pop = (): OpenElement => {
    const element = stack.pop() as OpenElement
    places.get(element.name)?.pop()
    if (SCOPES.has(element.name)) scopes.pop()
    if (quotes.at(-1) === stack.length) quotes.pop()
    return element
  }
  return {
    keeps: (name: string) => KEPT.has(name),
    top: () => stack.at(-1),
    open(element: OpenElement): void {
      const known = places.get(element.name)
      if (known) known.push(stack.length)
      else places.set(element.name, [stack.length])
      if (SCOPES.has(element.name)) scopes.push(stack.length)
      if (element.mark === 'quote' || element.mark === 'wrapper') quotes.push(stack.length)
      stack.push(element)
    },
    /** The elements that the end tag closes, innermost first. */
    close(name: string): OpenElement[] {
      const place = places.get(name)?.at(-1)
      if (place === undefined) return []
      if (!SCOPES.has(name) && place < (scopes.at(-1) ?? -1)) return []
      // An end tag of a span stops at the first block it meets (HTML, 13.2.6.4.7, "any other end tag").
      if (name === 'span' && place !== stack.length - 1) return []
      // A browser would let a stray end tag end a quote within; here only its own does, or what it holds would leak.
      if (place < (quotes.at(-1) ?? -1)) return []
      const closed: OpenElement[] = []
      while (stack.length > place) closed.push(pop())
      return closed
    },
  }
}
