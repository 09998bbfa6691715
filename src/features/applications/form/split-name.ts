/**
 * The two names that are kept, from the whole name and what somebody is called. `Dr Ana María Souza` called `Ana` has
 * the family name `Dr María Souza`: what is written is kept, whatever order its language has. A nickname that stands
 * nowhere in the name takes the place of its first word: `Robert Smith` called `Bob` is `Bob Smith`.
 */
export function splitName(whole: string, called: string): { given_name: string; family_name: string } {
  const name = turnedRound(tidy(whole))
  const given_name = tidy(called)
  const at = placeOf(given_name, name)
  if (at !== undefined) return { given_name, family_name: tidy(name.slice(0, at) + name.slice(at + given_name.length)) }
  const [, ...others] = name.split(' ')
  return { given_name, family_name: others.join(' ') }
}

const tidy = (text: string) => text.replace(/[\s\u00a0]+/g, ' ').trim()

/** "Souza, Ana" reads "Ana Souza". */
function turnedRound(name: string): string {
  const parts = name.split(/[,،、]/).map((part) => part.trim())
  return parts.length === 2 && parts.every(Boolean) ? `${parts[1]} ${parts[0]}` : name
}

/** Where one stands in the other as whole words; in a script without blanks, as its beginning or end. */
function placeOf(called: string, name: string): number | undefined {
  if (called === '') return undefined
  const inside = ` ${name.toLowerCase()} `.indexOf(` ${called.toLowerCase()} `)
  // Some letters change their length in lower case, and then the place is another.
  if (inside >= 0 && name.toLowerCase().length === name.length) return inside
  if (!/^[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}]+$/u.test(name)) return undefined
  if (name.endsWith(called)) return name.length - called.length
  return name.startsWith(called) ? 0 : undefined
}
