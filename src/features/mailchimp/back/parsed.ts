import { parseAddress } from '../../../lib/address.ts'

/** An address as we keep it; as it was written when it is none that we could keep. */
export function parsedOr(written: string | null): string {
  const parsed = parseAddress(written ?? '')
  return parsed.ok ? parsed.address : (written ?? '').toLowerCase()
}
