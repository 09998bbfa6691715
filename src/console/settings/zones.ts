import type { FieldFault } from '../../lib/errors.ts'
import { faultOf } from './form.ts'

/** What `{{> console/settings/_zone}}` shows: every time zone by continent, with the chosen one among them. */
export function presentZones(chosen: string, faults: readonly FieldFault[]) {
  const known = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone.includes('/'))]
  const zones = known.includes(chosen) ? known : [...known, chosen]
  const groups = Map.groupBy(zones, (zone) => (zone.includes('/') ? (zone.split('/')[0] as string) : 'Everywhere'))
  return {
    fault: faultOf(faults, 'time_zone'),
    groups: [...groups].map(([continent, members]) => ({
      continent,
      zones: members.map((zone) => ({
        value: zone,
        name: zone.split('/').slice(1).join(', ').replaceAll('_', ' ') || zone,
        chosen: zone === chosen,
      })),
    })),
  }
}
