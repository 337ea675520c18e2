import { z } from 'zod'
import { environments, integrationStates } from '@/db/schema'
import { headerName } from '../credentials/schemas'
import { callableUrl } from '../credentials/urls'
import { plainName } from '../header-name'
import { displayText, HOLDS_TOKEN, isStorable, urlHoldsToken } from '../text'
import { isPathPattern } from './path'

// The rules of an integration, once, for forms, server actions and the API alike.

export const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const
export type Method = (typeof methods)[number]

export const MAX_TIMEOUT_MS = 120_000

export const slug = z
  .string()
  .trim()
  .max(48, 'must be 48 characters or fewer')
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be small letters, digits and single hyphens, such as shipping-labels')
  .meta({
    description:
      'What apps call it by, in the address of its proxy; unique in its environment, so that one app calls the same address with a live or a test key.',
    example: 'shipping-labels',
  })

const baseUrl = callableUrl
  .refine((text) => !text.includes('?'), 'must not have a query: it belongs to each call')
  .refine((text) => !/%2f|%5c|%2e/i.test(text), 'must not have encoded slashes or dots')
  .meta({ description: 'Every path is joined to it. Its host is one that the credential was saved for.' })

const pathPattern = z
  .string()
  .max(256, 'must be 256 characters or fewer')
  .refine(isPathPattern, 'must be a path such as /orders, /orders/* (one part more) or /orders/** (all below)')
  .refine((text) => !urlHoldsToken(text), HOLDS_TOKEN)

const fixedHeader = z.strictObject({
  name: headerName.refine((name) => !urlHoldsToken(name), HOLDS_TOKEN),
  value: z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(1_024, 'must be 1024 characters or fewer')
    .regex(/^[\u0020-\u007e]*$/, 'must have only characters of ASCII')
    .refine((value) => !urlHoldsToken(value), HOLDS_TOKEN),
})

/** What counts as “token expired” beside status 401: such APIs exist. Of OAuth2 credentials only. */
const expiredToken = z.strictObject({
  statuses: z
    .array(z.number().int().min(200, 'must be a status').max(599, 'must be a status'))
    .max(10, 'must be 10 or fewer')
    .default([]),
  json: z
    .strictObject({
      path: z
        .string()
        .regex(/^[\w-]+(\.[\w-]+){0,9}$/, 'must be names joined by dots, such as error.code')
        .meta({ example: 'error.code' }),
      equals: z
        .string()
        .min(1, 'must not be empty')
        .max(200, 'must be 200 characters or fewer')
        .refine(isStorable, 'must not contain control characters or broken Unicode'),
    })
    .nullable()
    .default(null),
})
export type ExpiredTokenRule = z.output<typeof expiredToken>

const fields = {
  name: displayText(64).meta({ example: 'Shipping labels' }),
  slug,
  credential_id: z
    .string()
    .regex(/^cred_[0-9a-f]{32}$/, 'must be the id of a credential')
    .meta({ example: 'cred_019ab0c1d2e37f4a8b5c6d7e8f901234' }),
  base_url: baseUrl,
  methods: z
    .array(z.enum(methods, `must be one of ${methods.join(', ')}`))
    .min(1, 'must name at least one method')
    .transform((given) => methods.filter((method) => given.includes(method))),
  paths: z
    .array(pathPattern)
    .max(50, 'must be 50 or fewer')
    .meta({ description: 'What apps may call below the base address; empty: everything.', example: ['/orders/**'] }),
  headers: z
    .array(fixedHeader)
    .max(20, 'must be 20 or fewer')
    .refine(
      (all) => new Set(all.map(({ name }) => plainName(name))).size === all.length,
      'must not name a header twice',
    )
    .meta({ description: 'Headers that every call gets, such as a version. Not secret.' }),
  timeout_ms: z
    .number()
    .int()
    .min(1_000, 'must be 1000 or more')
    .max(MAX_TIMEOUT_MS, `must be ${MAX_TIMEOUT_MS} or less`)
    .meta({ description: 'Milliseconds until the answer begins, and between two parts of it.' }),
  state: z.enum(integrationStates, 'must be "enabled" or "paused"'),
  expired_token: expiredToken.nullable().meta({
    description: 'What counts as “token expired” beside status 401. Of OAuth2 credentials only.',
  }),
}

export const integrationForm = z
  .strictObject({
    environment: z.enum(environments, 'must be "live" or "test"').optional().meta({
      description:
        'Stays as it is made, and is that of its credential. Left out: that of the calling key. A key can’t make what is of the other one.',
    }),
    ...fields,
    methods: fields.methods.default(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']),
    paths: fields.paths.default([]),
    headers: fields.headers.default([]),
    timeout_ms: fields.timeout_ms.default(30_000),
    state: fields.state.default('enabled'),
    expired_token: fields.expired_token.default(null),
  })
  .meta({ id: 'IntegrationForm' })
export type IntegrationForm = z.output<typeof integrationForm>

export const integrationChanges = z.strictObject(fields).partial().meta({ id: 'IntegrationChanges' })
export type IntegrationChanges = z.output<typeof integrationChanges>

/** A slug as one would make it of a name; empty when nothing of the name can be in one. */
export function slugOf(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 48)
    .replace(/^-+|-+$/g, '')
}
