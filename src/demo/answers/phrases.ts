import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'

const FILE = new URL('../../../demo/answers.yaml', import.meta.url)

/** What made-up people write, by what they mean. */
export interface AnswerPhrases {
  confirm: string[]
  decline: string[]
}

/** The phrases of whoever lives in a country; English where nobody said. */
export async function readAnswerPhrases(): Promise<(country: string) => AnswerPhrases> {
  const languages = Object.values(
    parse(await readFile(FILE, 'utf8')) as Record<string, AnswerPhrases & { countries: string[] }>,
  )
  const byCountry = new Map(languages.flatMap((phrases) => phrases.countries.map((country) => [country, phrases])))
  const english = languages[0]
  if (!english) throw new Error('demo/answers.yaml is empty')
  return (country) => byCountry.get(country) ?? english
}
