/**
 * The public copies of topics that have been sent, and their feeds. Owns no table. Guarantees that nothing of a person
 * is on them, that what is not sent yet is not there, and that an address once published stays. Does not write texts
 * or choose names: campaigns do.
 */

export { addTopicPages } from './routes.ts'
