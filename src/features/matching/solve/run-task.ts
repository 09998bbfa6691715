import { type GroupsMatch, type GroupsTask, matchGroups } from './groups/match-groups.ts'
import { matchPool, type PoolMatch, type PoolTask, type Waiting } from './match-pool.ts'

/** What is to be found, as plain data that goes to another thread. */
export type Task = PoolTask | GroupsTask

export function runTask(task: PoolTask, waiting: Waiting): Promise<PoolMatch>
export function runTask(task: GroupsTask, waiting: Waiting): Promise<GroupsMatch>
export function runTask(task: Task, waiting: Waiting): Promise<PoolMatch | GroupsMatch>
export async function runTask(task: Task, waiting: Waiting): Promise<PoolMatch | GroupsMatch> {
  return task.kind === 'pool' ? matchPool(task, waiting) : matchGroups(task, waiting)
}
