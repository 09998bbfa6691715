import { DELIVERY_STATES, type DeliveryState } from '../../features/deliveries/index.ts'

/** Several are separated by commas; whatever is none of ours asks for the rejected, the first to look at. */
export function readStates(text: string | undefined): DeliveryState[] {
  const asked = (text ?? '').split(',')
  const known = DELIVERY_STATES.filter((state) => asked.includes(state))
  return known.length > 0 ? known : ['rejected']
}
