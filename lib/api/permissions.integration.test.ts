import { afterAll, describe, expect, it } from 'vitest'
import { customRoles, members, users } from '@/db/schema'
import { startTestApi } from '@/test/api'
import { operationsOf } from '@/test/api-contract'
import { tokenOf } from '@/test/people'
import { sessionCookie } from '../accounts/session-claims'
import { newId } from '../ids'
import { openApiDocument } from '.'

// Who may call what of the public API: every operation, by keys and by people. The list is the API's own, so that an operation
// that is new and has no rule fails. That what belongs to another account answers as what does not exist is shown of each
// operation in `routes.integration.test.ts`.

/** The scope that each operation takes; null: any key will do; `open`: not even a key is asked for. */
const rules: Record<string, string | null> = {
  changeKey: 'keys:manage',
  createCredential: 'credentials:create',
  createIntegration: 'integrations:create',
  createKey: 'keys:create',
  createWebhook: 'webhooks:manage',
  deleteCredential: 'credentials:delete',
  deleteIntegration: 'integrations:delete',
  deleteWebhook: 'webhooks:manage',
  discardCredentialDraft: 'credentials:test',
  disconnectCredential: 'credentials:update',
  getBulkRevocation: 'keys:read',
  getCredential: 'credentials:read',
  getCredentialDraft: 'credentials:test',
  getIntegration: 'integrations:read',
  getKey: 'keys:read',
  getKeyReach: 'keys:read',
  getKeyRehearsal: 'keys:read',
  getKeyUsage: 'keys:read',
  getMe: null,
  getWebhook: 'webhooks:read',
  introspectToken: 'keys:verify',
  listAuditEvents: 'audit:read',
  listCredentialDrafts: 'credentials:test',
  listCredentials: 'credentials:read',
  listIntegrationCalls: 'integrations:read',
  listIntegrations: 'integrations:read',
  listKeys: 'keys:read',
  listRenewals: 'credentials:read',
  listWebhookMessages: 'webhooks:read',
  listWebhooks: 'webhooks:read',
  pauseKey: 'keys:manage',
  proxyDelete: 'integrations:use',
  proxyGet: 'integrations:use',
  proxyHead: 'integrations:use',
  proxyOptions: 'integrations:use',
  proxyPatch: 'integrations:use',
  proxyPost: 'integrations:use',
  proxyPut: 'integrations:use',
  regenerateKey: 'keys:manage',
  renewCredential: 'credentials:test',
  replayWebhookMessage: 'webhooks:manage',
  reportLeaks: 'open',
  resumeKey: 'keys:manage',
  reviewCredentials: 'credentials:read',
  reviewKeys: 'keys:read',
  revokeKey: 'keys:manage',
  rotateWebhookSecret: 'webhooks:manage',
  testCredential: 'credentials:test',
  testCredentialForm: 'credentials:test',
  testWebhook: 'webhooks:manage',
  updateCredential: 'credentials:update',
  updateIntegration: 'integrations:update',
  updateWebhook: 'webhooks:manage',
  verifyKey: 'keys:verify',
}

/** What a session may ask for at all: reads, of which an app's own calls through an integration are none. */
const ofKeysOnly = ['getMe', 'proxyGet', 'proxyHead']

/** What Fenicia's roles may read here, in words of this test's own. */
const readable = {
  owner: ['keys:read', 'credentials:read', 'credentials:test', 'integrations:read', 'webhooks:read', 'audit:read'],
  admin: ['keys:read', 'credentials:read', 'credentials:test', 'integrations:read', 'webhooks:read', 'audit:read'],
  manager: ['keys:read', 'credentials:read', 'credentials:test', 'integrations:read'],
  staff: [],
} as const

const ALL = Object.values(rules).filter((scope) => scope !== null && scope !== 'open') as string[]
const allScopes = [...new Set(ALL)].sort()

const api = await startTestApi({ FENICIA_LOG_LEVEL: 'error' })
afterAll(() => api.stop())
const { db } = api.runtime.database
const account = await api.makeAccount('Ana’s shop')
const operations = operationsOf(openApiDocument())

/** A path whose ids are of the right form and nobody's. */
const pathOf = (path: string) =>
  path
    .replace('/keys/{id}', `/keys/${newId('apiKey')}`)
    .replace('/credentials/{id}', `/credentials/${newId('credential')}`)
    .replace('/credential-drafts/{id}', `/credential-drafts/${newId('credentialDraft')}`)
    .replace('/integrations/{id}', `/integrations/${newId('integration')}`)
    .replace('/bulk-revocations/{id}', `/bulk-revocations/${newId('bulkRevocation')}`)
    .replace('/webhooks/{id}', `/webhooks/${newId('webhook')}`)
    .replace('/webhook-messages/{id}', `/webhook-messages/${newId('webhookMessage')}`)
    .replace('{slug}', 'nobodys')
    .replace('{path}', 'orders')

type Outcome = 'let in' | 'sign in' | 'forbidden'
function outcomeOf({ status }: { status: number }): Outcome {
  return status === 401 ? 'sign in' : status === 403 ? 'forbidden' : 'let in'
}

async function cookieOf(role: string, permissions: readonly string[] | null = null): Promise<string> {
  const [userId, customRoleId] = [newId('user'), permissions && newId('customRole')]
  await db.insert(users).values({ id: userId, email: `${userId}@example.com`, name: role, passwordHash: '-' })
  if (customRoleId) {
    const row = { id: customRoleId, accountId: account, name: customRoleId, nameHeld: customRoleId, description: '' }
    await db.insert(customRoles).values({ ...row, permissions: [...(permissions ?? [])] })
  }
  await db
    .insert(members)
    .values({ accountId: account, userId, role: permissions ? 'custom' : (role as 'staff'), customRoleId })
  return `${sessionCookie().name}=${await tokenOf(db, { userId, accountId: account })}`
}

const people = Object.fromEntries(
  await Promise.all(Object.keys(readable).map(async (role) => [role, await cookieOf(role)] as const)),
)

it('every operation has a rule, which is what the document says of it', () => {
  const documented = operations.map(({ operationId, security }): [string, string | null] => {
    const [first] = security.flatMap((one) => Object.values(one).flat())
    return [operationId, security.length === 0 ? 'open' : (first ?? null)]
  })
  expect(Object.fromEntries(documented)).toEqual(rules)
})

describe.each(operations)('$operationId', ({ operationId, method, path }) => {
  const scope = rules[operationId] as string | null
  const ask = async (call: { token?: string; headers?: Record<string, string> }) => {
    const body = ['POST', 'PUT', 'PATCH'].includes(method) ? {} : undefined
    return outcomeOf(await api.call(method, pathOf(path), { ...call, body }))
  }

  it('takes a key that has its scope, and no other', async () => {
    const own = scope ?? 'orders:read'
    const others = scope === null ? allScopes : allScopes.filter((one) => one !== scope)
    const [only, allBut] = [
      await api.makeKey(account, { scopes: scope === 'open' ? ['orders:read'] : [own] }),
      await api.makeKey(account, { scopes: others }),
    ]
    const isOpen = scope === 'open'
    expect({
      'no key': await ask({}),
      'the scope alone': await ask({ token: only.token }),
      'all scopes but it': await ask({ token: allBut.token }),
    }).toEqual({
      'no key': isOpen ? 'let in' : 'sign in',
      'the scope alone': 'let in',
      'all scopes but it': isOpen || scope === null ? 'let in' : 'forbidden',
    })
  })

  it('lets people read by their roles, and change nothing', async () => {
    if (scope === 'open') return
    const isRead = method === 'GET' && !ofKeysOnly.includes(operationId)
    const wanted = (may: boolean): Outcome => (isRead ? (may ? 'let in' : 'forbidden') : 'sign in')
    for (const [role, may] of Object.entries(readable)) {
      const Cookie = `${people[role]}`
      expect([role, await ask({ headers: { Cookie } })]).toEqual([
        role,
        wanted((may as readonly string[]).includes(`${scope}`)),
      ])
    }
    for (const [permissions, may] of [
      [[`${scope}`], true],
      [allScopes.filter((one) => one !== scope), false],
    ] as const) {
      const Cookie = await cookieOf('custom', permissions)
      expect([permissions, await ask({ headers: { Cookie } })]).toEqual([permissions, wanted(may)])
    }
  })
})
