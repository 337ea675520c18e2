import type { z } from 'zod'
import type { StatusTone } from '@/components/ui/status'
import type { callListSchema } from '@/lib/api/integration-resources'

/** A page of calls, the latest first, as the API answers it. */
export type CallList = z.output<typeof callListSchema>
/** A call through an integration. */
export type Call = CallList['data'][number]
/** The figures of the last 24 hours. */
export type CallStats = CallList['stats']

export type CallFilter = 'all' | 'failed'

/** Which calls an address asks for. */
export function callsState(params: URLSearchParams): { result: CallFilter; cursor: string | undefined } {
  return {
    result: params.get('result') === 'failed' ? 'failed' : 'all',
    cursor: params.get('cursor')?.slice(0, 4_000) || undefined,
  }
}

export const CALLS_PER_PAGE = 10

/** The path of the API, below /api/v1. */
export function callsPath(
  integrationId: string,
  { result = 'all', cursor, limit = CALLS_PER_PAGE }: { result?: CallFilter; cursor?: string; limit?: number } = {},
): string {
  const query = new URLSearchParams({ limit: String(limit), result })
  if (cursor) query.set('cursor', cursor)
  return `/integrations/${encodeURIComponent(integrationId)}/calls?${query}`
}

const outcomeWords: Record<Exclude<Call['outcome'], 'answered'>, string> = {
  unreachable: 'Not reached',
  timeout: 'Timed out',
  refused_by_egress: 'Address refused',
  broken_off: 'Broken off',
  token_unavailable: 'No token',
  called_off: 'Called off',
}

/** How a call ended, as a word and a shape. What the service refused (4xx) is an answer, and the caller's to understand. */
export function callLook({ outcome, status }: Pick<Call, 'outcome' | 'status'>): { tone: StatusTone; word: string } {
  if (outcome === 'called_off') return { tone: 'ended', word: outcomeWords[outcome] }
  if (outcome !== 'answered') return { tone: 'error', word: outcomeWords[outcome] }
  if (status >= 500) return { tone: 'error', word: `Answered ${status}` }
  return { tone: status >= 400 ? 'warning' : 'success', word: `Answered ${status}` }
}

/** "0 %", "0.4 %", "12 %": the failed among the calls. A rate that is not nothing never reads as 0. */
export function errorRate({ calls, failed }: Pick<CallStats, 'calls' | 'failed'>): string {
  if (calls === 0 || failed === 0) return '0 %'
  const percent = (failed / calls) * 100
  if (percent < 0.1) return 'under 0.1 %'
  return `${percent < 10 && failed < calls ? percent.toFixed(1).replace(/\.0$/, '') : Math.round(percent)} %`
}

/** Who made calls, each once, with their latest call first. */
export interface Caller {
  id: string
  name: string
  isKey: boolean
  calls: number
  lastAt: string
}

/** The callers among some calls, which are the latest first. */
export function callersOf(calls: readonly Call[]): Caller[] {
  const callers = new Map<string, Caller>()
  for (const { key, user, at } of calls) {
    const who = key ?? user
    if (!who) continue
    const known = callers.get(who.id)
    if (known) known.calls += 1
    else {
      const name = who.name ?? (key ? 'a key that was deleted' : 'somebody who left')
      callers.set(who.id, { id: who.id, name, isKey: key !== null, calls: 1, lastAt: at })
    }
  }
  return [...callers.values()]
}
