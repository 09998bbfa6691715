/** What stands where a name stood. */
export const ERASED_NAME = 'Erased person'
/** What stands where a text stood that must be one. */
export const ERASED_TEXT = 'Erased.'
