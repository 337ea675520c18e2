import { Status, type StatusTone } from '@/components/ui/status'
import type { Credential, TestResult } from './words'

const looks: Record<TestResult | 'untested', { tone: StatusTone; word: string }> = {
  good: { tone: 'success', word: 'Good' },
  refused: { tone: 'stopped', word: 'Refused' },
  unproven: { tone: 'warning', word: 'Not proven' },
  failed: { tone: 'error', word: 'Failed' },
  untested: { tone: 'ended', word: 'Not tested' },
}

export function resultWord(result: TestResult): string {
  return looks[result].word
}

/** What a test found, as a word and a shape; null: there was none. */
export function TestStatus({ result, className }: { result: TestResult | null; className?: string }) {
  const { tone, word } = looks[result ?? 'untested']
  return (
    <Status tone={tone} className={className}>
      {word}
    </Status>
  )
}

/** That a token endpoint has refused for good, which no earlier test tells. */
export function TokenRefusal({ tokens }: Pick<Credential, 'tokens'>) {
  if (!tokens?.refused_error) return null
  return <Status tone="error">Token refused</Status>
}
