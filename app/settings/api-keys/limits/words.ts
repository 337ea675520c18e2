import { type ApiKey, counted, countText } from '../words'

type Limits = Pick<ApiKey, 'rate' | 'monthly_quota' | 'addresses' | 'methods'>

const DAY = 86_400

/** Windows that are offered, by their seconds. */
export const windowNames: Record<number, string> = {
  1: '1 second',
  10: '10 seconds',
  60: '1 minute',
  3600: '1 hour',
  [DAY]: '1 day',
}

export function windowText(seconds: number): string {
  return windowNames[seconds] ?? counted(seconds, 'second')
}

export function rateText(rate: Limits['rate']): string {
  return rate ? `${counted(rate.requests, 'request')} in ${windowText(rate.seconds)}` : 'Any number of requests'
}

export function quotaText(quota: Limits['monthly_quota']): string {
  return quota === null ? 'Any number of requests' : counted(quota, 'request')
}

export function methodsText(methods: Limits['methods']): string {
  return methods ? methods.join(', ') : 'All methods'
}

/** What limits a key, in one line. */
export function limitsSummary({ rate, monthly_quota, addresses, methods }: Limits): string {
  const parts = [
    rateText(rate),
    monthly_quota === null ? null : `${countText(monthly_quota)} in a month`,
    addresses ? `from ${addresses.length === 1 ? '1 address' : `${countText(addresses.length)} addresses`}` : null,
    methods ? `with ${methodsText(methods)} only` : null,
  ]
  return parts.filter(Boolean).join(', ')
}
