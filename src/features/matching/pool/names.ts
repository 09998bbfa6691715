/** As a sentence names somebody. */
export function nameOf({ given_name, family_name }: { given_name: string; family_name: string }): string {
  return family_name === '' ? given_name : `${given_name} ${family_name}`
}

const MOST_NAMED = 5

/** "Ana Souza, Ben Lee and 3 others": the first few by name. */
export function namesOf(people: readonly { given_name: string; family_name: string }[]): string {
  const named = people.slice(0, people.length === MOST_NAMED + 1 ? MOST_NAMED + 1 : MOST_NAMED).map(nameOf)
  const others = people.length - named.length
  if (others > 0) return `${named.join(', ')} and ${others} others`
  const last = named.pop() ?? ''
  return named.length === 0 ? last : `${named.join(', ')} and ${last}`
}
