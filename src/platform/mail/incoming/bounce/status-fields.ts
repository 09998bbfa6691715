import { RECIPIENTS } from '../caps.ts'
import { type Field, fieldOf, parseFields } from '../fields.ts'
import type { ReportAction } from '../incoming.ts'

/** One recipient's fields of a delivery report (RFC 3464 §2.3). */
export interface StatusFields {
  final: string | undefined
  original: string | undefined
  action: ReportAction | undefined
  status: string | undefined
  diagnostic: string
}

const ACTIONS: readonly string[] = ['failed', 'delayed', 'delivered', 'relayed', 'expanded'] satisfies ReportAction[]

/**
 * Reads what a delivery report, or a text that holds its fields, says of each recipient. The groups should be apart by
 * an empty line; some systems forget it, so that a second Final-Recipient begins a group too.
 */
export function readStatusFields(text: string): StatusFields[] {
  const groups: Field[][] = []
  for (const block of text.split(/\n[ \t>]*\n/).slice(0, RECIPIENTS * 3)) {
    let group: Field[] = []
    for (const field of parseFields(block.replace(/^[ \t>]+(?=[A-Z][\w-]+-[\w-]+:)/gm, ''))) {
      if (field.name === 'final-recipient' && fieldOf(group, 'final-recipient')) {
        groups.push(group)
        group = []
      }
      group.push(field)
    }
    groups.push(group)
  }
  return groups
    .filter((group) => group.some(({ name }) => /^(final|original)-recipient$|^action$|^status$/.test(name)))
    .map(readGroup)
    .slice(0, RECIPIENTS)
}

function readGroup(fields: Field[]): StatusFields {
  const action = /^\s*([a-z]+)/.exec(fieldOf(fields, 'action')?.toLowerCase() ?? '')?.[1]
  const comment = /\(([^()]{1,200})\)/.exec(fieldOf(fields, 'status') ?? '')?.[1]
  return {
    final: addressOf(fieldOf(fields, 'final-recipient')) ?? addressOf(fieldOf(fields, 'x-actual-recipient')),
    original: addressOf(fieldOf(fields, 'original-recipient')),
    action: action && ACTIONS.includes(action) ? (action as ReportAction) : undefined,
    status: fieldOf(fields, 'status'),
    diagnostic: typed(fieldOf(fields, 'diagnostic-code') ?? fieldOf(fields, 'x-supplementary-info') ?? comment ?? ''),
  }
}

/** Without the type before it, such as `rfc822;` or `smtp;`. */
const typed = (value: string) => value.replace(/^\s*[\w-]{1,40}\s*;\s*/, '').trim()

/** Lower case. Undefined for X.400 names and what else is no address. */
function addressOf(value: string | undefined): string | undefined {
  const bare = typed(value ?? '').replace(/^mailto:/i, '')
  const found = /<([^<>]{3,320})>/.exec(bare)?.[1] ?? bare.replace(/\s+\(.*$|^"|"$/g, '')
  // RFC 3461 §4: xtext writes "+" and "=" in hex.
  const address = found.replace(/\+(2B|3D)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))).trim()
  return /^[^\s@<>]{1,128}@[^\s@<>;,]{1,255}$/.test(address) ? address.toLowerCase() : undefined
}
