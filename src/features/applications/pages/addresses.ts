import { signToken, type TokenKeys } from '../../../lib/tokens.ts'

/** Addresses of the form's pages. A form is named by a signed token: there is no cookie. */
export function formPath(code: string, page: number | 'sent' | 'later', token?: string, more = ''): string {
  const query = token === undefined ? more : `form=${token}${more === '' ? '' : `&${more}`}`
  return `/apply/${code}/${page}${query === '' ? '' : `?${query}`}`
}

export const formToken = (keys: TokenKeys, draftId: number) => signToken(keys, 'form', draftId)
