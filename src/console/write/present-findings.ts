import type { Finding } from '../../features/campaigns/index.ts'
import { nameLanguage } from '../../lib/languages.ts'
import { writeHref } from './query.ts'

/** View model of write/_findings: what stands against the text as it was saved, by language. */
export function presentFindings(
  findings: readonly Finding[],
  of: { id: number; language: string; languages: string[]; is_automatic: boolean },
) {
  const problems = findings.filter(({ level }) => level === 'problem').length
  const warnings = findings.length - problems
  const groups = [of.language, ...of.languages.filter((tag) => tag !== of.language), null]
    .map((tag) => ({
      name: tag === null ? 'The campaign' : nameLanguage(tag),
      lang: tag ?? '',
      findings: findings.filter(({ variant }) => variant === tag).map((finding) => presentFinding(finding, of)),
    }))
    .filter((group) => group.findings.length > 0)
  return {
    id: of.id,
    language: of.language,
    groups,
    sentence: sentenceOf(problems, warnings),
    clear: findings.length === 0,
    is_automatic: of.is_automatic,
  }
}

function presentFinding(
  { level, code, message, variant, line }: Finding,
  { id, language }: { id: number; language: string },
) {
  const field = /^(subject|preheader)/.exec(code)?.[1] ?? FIELDS[code] ?? (variant === null ? '' : 'body_markdown')
  const there = variant === null || variant === language ? '' : writeHref(id, variant)
  return {
    badge: level === 'problem' ? { tone: 'bad', text: 'problem' } : { tone: 'wait', text: 'check' },
    message,
    href: field === '' ? '' : `${there}#${field}`,
    line: line ?? 0,
    where: line === undefined ? 'Go there' : `Line ${line}`,
  }
}

const FIELDS: Partial<Record<Finding['code'], string>> = {
  sender_missing: 'from_name',
  time_past: 'planned_at',
}

function sentenceOf(problems: number, warnings: number): string {
  const parts = [
    ...(problems > 0 ? [`${problems} ${problems === 1 ? 'problem' : 'problems'} to solve before it can go`] : []),
    ...(warnings > 0 ? [`${warnings} ${warnings === 1 ? 'thing' : 'things'} to look at again`] : []),
  ]
  return parts.length === 0 ? 'Nothing stands against this text.' : `${parts.join(' and ')}.`
}
