/** What a kind of long work does, as a noun that begins a sentence. */
export function kindOfJob(kind: string): string {
  return KINDS[kind]?.noun ?? 'Long work'
}

/** The same while it is done, for a title: "Importing…". */
export function doingOfJob(kind: string): string {
  return KINDS[kind]?.doing ?? 'Working'
}

const KINDS: Record<string, { noun: string; doing: string }> = {
  import: { noun: 'An import', doing: 'Importing' },
  load_demo: { noun: 'Loading demo data', doing: 'Loading demo data' },
}
