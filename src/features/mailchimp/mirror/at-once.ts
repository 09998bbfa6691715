/**
 * Does something for each, some at the same time; no new one is begun once one has failed or `signal` is aborted. Returns
 * when those begun have ended. @throws what the first one threw, or the signal's reason
 */
export async function eachAtOnce<Item>(
  items: readonly Item[],
  width: number,
  signal: AbortSignal | undefined,
  run: (item: Item) => Promise<void>,
): Promise<void> {
  let next = 0
  let failed: { error: unknown } | undefined
  const worker = async () => {
    while (next < items.length && !failed && !signal?.aborted) {
      const item = items[next++] as Item
      await run(item).catch((error: unknown) => {
        failed ??= { error }
      })
    }
  }
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker))
  if (failed) throw failed.error
  signal?.throwIfAborted()
}

/** In groups of so many. */
export function inGroups<Item>(items: readonly Item[], size: number): Item[][] {
  const groups: Item[][] = []
  for (let at = 0; at < items.length; at += size) groups.push(items.slice(at, at + size))
  return groups
}
