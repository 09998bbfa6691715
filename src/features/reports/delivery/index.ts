/** How the mail of a round is received: domains, reasons, who is not mailed. Nothing is kept here. */

export { reportOnDelivery } from './delivery-report.ts'
export { listDeliveryPeople } from './people.ts'
