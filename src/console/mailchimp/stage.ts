import type { Connection } from '../../features/mailchimp/index.ts'

/**
 * How far an audience is: nothing of it was read yet; read, and nothing of people written there before somebody begins;
 * begun, and to be read as a whole again, such as after another choice; settled.
 */
export type Stage = 'unread' | 'read' | 'begun' | 'settled'

/** @param connection others are counted at the end of every reading, of one that only looks as well */
export function stageOf({
  begun_at,
  read_at,
  others_there,
}: Pick<Connection, 'begun_at' | 'read_at' | 'others_there'>): Stage {
  if (begun_at === null) return others_there === null ? 'unread' : 'read'
  return read_at === null ? 'begun' : 'settled'
}

export const isBegun = (stage: Stage) => stage === 'begun' || stage === 'settled'
