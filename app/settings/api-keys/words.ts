import type { z } from 'zod'
import type { integrationListSchema } from '@/lib/api/integration-resources'
import type { bulkRevocationSchema, KeyResource, keyListSchema } from '@/lib/api/resources'

/** A key as the API answers it. */
export type ApiKey = KeyResource
/** A page of keys as the API answers it. */
export type KeyList = z.output<typeof keyListSchema>
/** A page of integrations as the API answers it, as far as keys are concerned. */
export type IntegrationNames = Pick<z.output<typeof integrationListSchema>, 'data' | 'total'>
/** A bulk revocation as the API answers it. */
export type RevocationProgress = z.output<typeof bulkRevocationSchema>

/** Requests, customers, keys: a count as people read it. */
export function countText(count: number): string {
  return count.toLocaleString('en')
}

/** "1 request", "1,204 requests". */
export function counted(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** What the list shows of a token: `fn_live_abcd…wxyz`. */
export function hintText({ environment, hint }: Pick<ApiKey, 'environment' | 'hint'>): string {
  return `fn_${environment}_${hint.start}…${hint.end}`
}

const BROWSERS: [name: string, pattern: RegExp][] = [
  ['Edge', /\bEdg\/(\d+)/],
  ['Firefox', /\bFirefox\/(\d+)/],
  ['Chrome', /\bChrome\/(\d+)/],
  ['Safari', /\bVersion\/(\d+).*\bSafari\//],
]

/** A user agent in a few characters: its first product, or the browser behind `Mozilla/5.0 (…)`. */
export function shortUserAgent(userAgent: string): string {
  if (userAgent.startsWith('Mozilla/')) {
    for (const [name, pattern] of BROWSERS) {
      const version = pattern.exec(userAgent)?.[1]
      if (version) return `${name} ${version}`
    }
  }
  return userAgent.split(/[\s(]/, 1)[0] || userAgent
}

/** Who made a key, after "by". */
export function makerText({ created_by }: Pick<ApiKey, 'created_by'>): string {
  return created_by.type === 'key' ? `the API key “${created_by.name}”` : created_by.name
}

/** From where a key was last used, "203.0.113.7, python-requests/2.31"; empty when neither is known. */
export function usedFromText({ address, user_agent }: { address: string | null; user_agent: string | null }): string {
  return [address, user_agent && shortUserAgent(user_agent)].filter(Boolean).join(', ')
}

/** Requests of today (UTC), the last of the days that are counted. */
export function requestsToday({ usage_30d }: Pick<ApiKey, 'usage_30d'>): number {
  return usage_30d.days.at(-1) ?? 0
}

/** "1,204 requests today and 30,112 in the last 30 days", or that there were none. */
export function usageText(key: Pick<ApiKey, 'usage_30d'>): string {
  const { total } = key.usage_30d
  if (total === 0) return 'No requests in the last 30 days'
  return `${counted(requestsToday(key), 'request')} today and ${countText(total)} in the last 30 days`
}
