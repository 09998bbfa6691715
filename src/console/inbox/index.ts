import type { TypedApp } from '../../platform/http/typed-app.ts'
import type { ConsoleDeps } from '../shell.ts'
import { addAnswerPages } from './answer.ts'
import { addItemActions } from './item-actions.ts'
import { addItemPage } from './item-page.ts'
import { addInboxList } from './list-page.ts'

/** /console/inbox: replies that wait for a person. */
export function addInboxPages(app: TypedApp, deps: ConsoleDeps): void {
  addInboxList(app, deps)
  addItemPage(app, deps)
  addItemActions(app, deps)
  addAnswerPages(app, deps)
}
