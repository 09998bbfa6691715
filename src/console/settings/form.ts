import type { FieldFault } from '../../lib/errors.ts'
import { ROLES, type Role } from '../../lib/permissions.ts'
import { ROLE_WORDS } from './roles.ts'

/** What `{{> console/settings/_field}}` shows. */
export interface FieldView {
  name: string
  label: string
  hint: string
  value: string
  type: string
  /** Lines of a text area; 0: an input. */
  rows: number
  autocomplete: string
  /** A number or a code: never wider than it needs. */
  short: boolean
  fault: string
  described_by: string
}

/** A field as it was typed, with what is wrong with it. */
export function presentField(
  field: Pick<FieldView, 'name' | 'label' | 'value'> & Partial<FieldView>,
  faults: readonly FieldFault[],
): FieldView {
  const { hint = '', name } = field
  const fault = faultOf(faults, name)
  const described_by = [hint && `${name}-hint`, fault && `${name}-fault`].filter(Boolean).join(' ')
  return { type: 'text', rows: 0, autocomplete: 'off', short: false, ...field, hint, fault, described_by }
}

/** What `{{> console/settings/_roles}}` shows. */
export function presentRoles(chosen: string, faults: readonly FieldFault[]) {
  const fault = faultOf(faults, 'role')
  const roles = ROLES.map((role: Role, at) => ({
    // The first one is what a link from the summary of faults leads to.
    id: at === 0 ? 'role' : `role-${role}`,
    value: role,
    ...ROLE_WORDS[role],
    checked: role === chosen,
  }))
  return { roles, fault }
}

/** Empty when the field has none. */
export function faultOf(faults: readonly FieldFault[], name: string): string {
  return faults.find(({ field }) => field === name)?.message ?? ''
}
