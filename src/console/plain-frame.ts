import { assetHref } from '../platform/http/assets.ts'
import type { PageFrame } from '../platform/http/pages.ts'

const STYLESHEET = assetHref('console.css')

/** Around a page that stands by itself: sign-in, and what goes wrong before or without it. */
export function plainFrame(title: string): PageFrame {
  return { layout: 'plain-layout', title, stylesheet: STYLESHEET, frame: { lang: 'en', dir: 'ltr' } }
}
