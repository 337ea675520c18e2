import { z } from 'zod'
import { environments } from '@/db/schema'
import { displayText } from '../text'
import { addresses, DEFAULT_RATE, methods, monthlyQuota, rate } from './limits'
import { isScope, normalizeScopes } from './scopes'

// The rules of each input, once, for forms, server actions, the API and the command line alike.

export const keyName = displayText(64).meta({
  description: '1 to 64 characters, unique among the account’s active keys in any letter case.',
  example: 'ERP Integration',
})

export const scopeList = z
  .array(z.string().refine(isScope, 'is not a scope: /docs/api lists them'))
  .min(1, 'must name at least one scope')
  .max(100, 'must be 100 scopes or fewer')
  .transform(normalizeScopes)
  .meta({
    description: 'What the key may do: scopes of the catalogue, `orders:*` for all of a resource.',
    example: ['orders:read', 'products:*'],
  })

/** A date in the future, at most ten years ahead; null: never. */
export const expiry = z.iso
  .datetime({ offset: true, error: 'must be a date and time such as 2027-01-31T00:00:00Z, or null' })
  .transform((text) => new Date(text))
  .refine((date) => date.getTime() > Date.now(), 'must be in the future')
  .refine((date) => date.getTime() < Date.now() + 10 * 366 * 86_400_000, 'must be within ten years')
  .nullable()
  .meta({ description: 'When the key ends by itself, at most ten years ahead; null: never.' })

const integrationIds = z
  .array(z.string().regex(/^int_[0-9a-f]{32}$/, 'must be the id of an integration'))
  .min(1, 'must name at least one integration, or be null for all of them')
  .max(100, 'must be 100 or fewer')
  .transform((ids) => [...new Set(ids)].sort())
  .nullable()
  .meta({
    description: 'The integrations of its environment that a key with `integrations:use` may use; null: all of them.',
    example: null,
  })

export const createKeyInput = z.strictObject({
  name: keyName,
  environment: z.enum(environments, 'must be "live" or "test"').default('live').meta({
    description: 'A test key sees and makes what is of the test environment only: keys, credentials, integrations.',
  }),
  scopes: scopeList,
  expires_at: expiry.default(null),
  integrations: integrationIds.default(null),
  rate: rate.default(DEFAULT_RATE),
  monthly_quota: monthlyQuota.default(null),
  addresses: addresses.default(null),
  methods: methods.default(null),
})
export type CreateKeyInput = z.output<typeof createKeyInput>

export const renameKeyInput = z.strictObject({ name: keyName })

/** New limits of a key; what is left out stays as it is. */
export const keyLimitsInput = z.strictObject({
  rate: rate.optional(),
  monthly_quota: monthlyQuota.optional(),
  addresses: addresses.optional(),
  methods: methods.optional(),
})
export type KeyLimitsInput = z.output<typeof keyLimitsInput>

/** What can be changed of a key; what is left out stays as it is. */
export const changeKeyInput = keyLimitsInput
  .extend({ name: keyName.optional(), scopes: scopeList.optional() })
  .refine((change) => Object.keys(change).length > 0, 'must name at least one field to change')

/** The scopes that a key keeps: no more than it has. */
export const narrowScopesInput = z.strictObject({ scopes: scopeList })

/** How long the old token of a regenerated key goes on working, in seconds. */
export const overlaps = { none: 0, '1h': 3_600, '24h': 86_400, '7d': 604_800 } as const
export type Overlap = keyof typeof overlaps

export const regenerateKeyInput = z.strictObject({
  overlap: z
    .enum(Object.keys(overlaps) as [Overlap, ...Overlap[]], 'must be "none", "1h", "24h" or "7d"')
    .default('none')
    .meta({ description: 'How long the old token goes on working; never beyond its own expiry.', example: '24h' }),
  retire_when_silent: z.boolean().default(false).meta({
    description: 'End the overlap as soon as the new token is in use and the old one has been silent for an hour.',
  }),
})
export type RegenerateKeyInput = z.output<typeof regenerateKeyInput>

export const overlapChangeInput = z.strictObject({ retire_when_silent: z.boolean() })

const reason = displayText(200).nullable().default(null).meta({
  description: 'Kept with the key and in the audit log; at most 200 characters.',
  example: 'The app was shut down',
})

export const revokeKeyInput = z.strictObject({ reason })

/** The most keys that are revoked in one go. */
export const MAX_BULK_KEYS = 10_000

export const apiKeyId = z.string().regex(/^key_[0-9a-f]{32}$/, 'must be the id of an API key')

export const bulkRevocationInput = z.strictObject({
  keys: z.array(apiKeyId).min(1, 'must name at least one key').max(MAX_BULK_KEYS, 'must be 10,000 keys or fewer'),
  reason,
})

/** The comparable form of a name: two active keys of an account never share it. */
export function comparableName(name: string): string {
  return name.normalize('NFKC').toLowerCase()
}
