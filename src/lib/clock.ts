/** Time is injected: the running service has the system's clock, a test one that it turns by hand. */
export interface Clock {
  now(): Date
}

export const systemClock: Clock = { now: () => new Date() }
