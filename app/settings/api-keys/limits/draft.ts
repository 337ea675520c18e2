import type { ApiKey } from '../words'

/** Limits as a form holds them: what was typed, whether or not it is one. */
export interface LimitsDraft {
  hasRate: boolean
  requests: string
  seconds: number
  /** Empty: none. */
  quota: string
  /** One on a line, or with commas between; empty: all. */
  addresses: string
  /** Null: all. */
  methods: ReadonlySet<string> | null
}

type Limits = Pick<ApiKey, 'rate' | 'monthly_quota' | 'addresses' | 'methods'>

/** What a new key gets. */
export const NEW_LIMITS: LimitsDraft = {
  hasRate: true,
  requests: '100',
  seconds: 60,
  quota: '',
  addresses: '',
  methods: null,
}

export function draftOf({ rate, monthly_quota, addresses, methods }: Limits): LimitsDraft {
  return {
    hasRate: rate !== null,
    requests: rate ? String(rate.requests) : NEW_LIMITS.requests,
    seconds: rate?.seconds ?? NEW_LIMITS.seconds,
    quota: monthly_quota === null ? '' : String(monthly_quota),
    addresses: addresses?.join('\n') ?? '',
    methods: methods && new Set(methods),
  }
}

/** The limits as the server takes them. What is no number goes as it is, for the server to refuse. */
export function limitsInput({ hasRate, requests, seconds, quota, addresses, methods }: LimitsDraft) {
  return {
    rate: hasRate ? { requests: numberIn(requests), seconds } : null,
    monthly_quota: quota.trim() === '' ? null : numberIn(quota),
    addresses: addressesIn(addresses),
    methods: methods && [...methods],
  }
}

/** The addresses that were typed; null: none, which means all. */
export function addressesIn(text: string): string[] | null {
  const typed = text.split(/[\s,;]+/).filter(Boolean)
  return typed.length > 0 ? typed : null
}

/** A whole number, also as people write it: 10,000. */
export function numberIn(text: string): number | string {
  const digits = text.replace(/[\s,_]/g, '')
  return /^\d{1,12}$/.test(digits) ? Number(digits) : text
}
