import { assetHref } from '../../platform/http/assets.ts'

/** What adds to the write page: the toolbar, pasting, saving by itself. */
export const SCRIPTS = () => [assetHref('write.js')]
