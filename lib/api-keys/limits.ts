import { z } from 'zod'

/** So many requests in so many seconds. */
export interface Rate {
  requests: number
  seconds: number
}

/** How much, from where and by what a key may be used; null: without that limit. */
export interface KeyLimits {
  rate: Rate | null
  monthlyQuota: number | null
  /** Addresses and CIDR ranges. */
  addresses: string[] | null
  methods: string[] | null
}

/** What a key gets that nobody gave another rate. */
export const DEFAULT_RATE: Rate = { requests: 100, seconds: 60 }

/** Methods that a key may be bound to: those of the API and of calls through integrations. */
export const keyMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const

/** Addresses and ranges that one key, or one account, names at most. */
export const MAX_ADDRESSES = 100

const REQUESTS_RULE = 'must be a whole number from 1 to 1,000,000'
const SECONDS_RULE = 'must be a whole number from 1 to 86,400'
const QUOTA_RULE = 'must be a whole number from 1 to 1,000,000,000, or null'

export const rate = z
  .strictObject({
    requests: z.int(REQUESTS_RULE).min(1, REQUESTS_RULE).max(1_000_000, REQUESTS_RULE),
    seconds: z.int(SECONDS_RULE).min(1, SECONDS_RULE).max(86_400, SECONDS_RULE),
  })
  .nullable()
  .meta({
    description: 'So many requests in so many seconds, counted from the first of them; null: any number.',
    example: DEFAULT_RATE,
  })

export const monthlyQuota = z.int(QUOTA_RULE).min(1, QUOTA_RULE).max(1_000_000_000, QUOTA_RULE).nullable().meta({
  description: 'Requests in a calendar month (UTC); null: any number.',
  example: null,
})

/** Addresses and CIDR ranges, each as it was typed, without those that are named twice. */
export const addressList = z
  .array(
    z
      .string()
      .trim()
      .pipe(
        z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], {
          error: 'must be an IP address or a CIDR range, such as 203.0.113.7 or 2001:db8::/32',
        }),
      ),
  )
  .min(1, 'must name at least one address, or be null for all of them')
  .max(MAX_ADDRESSES, `must be ${MAX_ADDRESSES} or fewer`)
  .transform((addresses) => [...new Set(addresses.map((address) => address.toLowerCase()))])
  .nullable()

export const addresses = addressList.meta({
  description: 'Addresses and CIDR ranges that the key may be used from, beside what the account asks; null: all.',
  example: null,
})

export const methods = z
  .array(z.enum(keyMethods, `must be one of ${keyMethods.join(', ')}`))
  .min(1, 'must name at least one method, or be null for all of them')
  .transform((chosen) => keyMethods.filter((method) => chosen.includes(method)))
  .nullable()
  .meta({
    description: 'Methods that the key may be used with, here and through integrations; null: all. GET includes HEAD.',
    example: null,
  })

/**
 * Whether a rate lets through no more than another in any span of time.
 * @param held null: any number
 */
export function isRateWithin(wanted: Rate | null, held: Rate | null): boolean {
  if (!held) return true
  if (!wanted || wanted.requests > held.requests) return false
  return wanted.requests * held.seconds <= held.requests * wanted.seconds
}

/** The columns of `api_keys` that limits are kept in. */
export function limitColumns({ rate: kept, monthlyQuota: quota, addresses: from, methods: by }: KeyLimits) {
  return {
    rateRequests: kept?.requests ?? null,
    rateSeconds: kept?.seconds ?? null,
    monthlyQuota: quota,
    addresses: from,
    methods: by,
  }
}

/** The limits that stand in the columns of `api_keys`. */
export function readLimitColumns({
  rateRequests,
  rateSeconds,
  monthlyQuota: quota,
  addresses: from,
  methods: by,
}: ReturnType<typeof limitColumns>): KeyLimits {
  const kept = rateRequests !== null && rateSeconds !== null ? { requests: rateRequests, seconds: rateSeconds } : null
  return { rate: kept, monthlyQuota: quota, addresses: from, methods: by }
}

/** Limits in the names of the API and of audit events. */
export function limitFields({ rate: kept, monthlyQuota: quota, addresses: from, methods: by }: KeyLimits) {
  return { rate: kept, monthly_quota: quota, addresses: from, methods: by }
}
