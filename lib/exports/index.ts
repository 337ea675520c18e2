import { z } from 'zod'
import type { Database } from '@/db/client'
import { type ApiKeyView, listApiKeys, type RevokedKey, readRevocationReport } from '../api-keys'
import { type Actor, recordAuditEvent } from '../audit'
import { type CredentialView, listCredentials } from '../credentials'
import { type IntegrationView, listIntegrations } from '../integrations'
import { lastUses } from '../review'
import { csvLine } from './csv'

export const exportQuery = z.object({ format: z.enum(['csv', 'json'], 'must be csv or json') })
export type ExportFormat = z.output<typeof exportQuery>['format']

/** Rows that are read at once: a file of any size takes the memory of one page. */
const PAGE = 500

/** What a file has of each thing, by the name that stands above it. */
type Columns<Thing> = Record<string, (of: Thing) => string | number | null>

/** All keys of the actor's account with their use, as pieces of a file. Who exported them is on record. */
export async function exportKeys(db: Database, actor: Actor, format: ExportFormat): Promise<AsyncIterable<string>> {
  await recordAuditEvent(db, actor, 'api_keys.exported', actor.accountId, { format })
  return fileOf(format, KEY_COLUMNS, allKeys(db, actor.accountId))
}

/** All credentials of the actor's account, without their secrets, as pieces of a file. */
export async function exportCredentials(
  db: Database,
  actor: Actor,
  format: ExportFormat,
): Promise<AsyncIterable<string>> {
  await recordAuditEvent(db, actor, 'credentials.exported', actor.accountId, { format })
  return fileOf(format, CREDENTIAL_COLUMNS, allCredentials(db, actor.accountId))
}

/** All integrations of the actor's account, as pieces of a file. */
export async function exportIntegrations(
  db: Database,
  actor: Actor,
  format: ExportFormat,
): Promise<AsyncIterable<string>> {
  await recordAuditEvent(db, actor, 'integrations.exported', actor.accountId, { format })
  return fileOf(format, INTEGRATION_COLUMNS, allIntegrations(db, actor.accountId))
}

/** What became of each key of a bulk revocation, as a file. @throws {Refusal} `not_found` */
export async function exportRevocation(db: Database, accountId: string, id: string): Promise<string> {
  const lines = (await readRevocationReport(db, accountId, id)).map(({ keyId, name, outcome }: RevokedKey) =>
    csvLine([keyId, name, outcome]),
  )
  return [csvLine(['key', 'name', 'outcome']), ...lines].join('')
}

async function* allKeys(db: Database, accountId: string): AsyncGenerator<ApiKeyView> {
  let cursor: string | undefined
  do {
    const query = { status: 'all', sort: 'created', order: 'asc', limit: PAGE } as const
    const page = await listApiKeys(db, accountId, { ...query, ...(cursor ? { cursor } : {}) })
    yield* page.keys
    cursor = page.nextCursor ?? undefined
  } while (cursor)
}

const time = (at: Date | null | undefined) => at?.toISOString() ?? null
const list = (of: readonly string[] | null) => of?.join(' ') ?? null

const KEY_COLUMNS: Columns<ApiKeyView> = {
  id: ({ id }) => id,
  name: ({ name }) => name,
  environment: ({ environment }) => environment,
  status: ({ status }) => status,
  scopes: ({ scopes }) => list(scopes),
  integrations: ({ integrationIds }) => list(integrationIds),
  methods: ({ methods }) => list(methods),
  addresses: ({ addresses }) => list(addresses),
  rate_requests: ({ rateRequests }) => rateRequests,
  rate_seconds: ({ rateSeconds }) => rateSeconds,
  monthly_quota: ({ monthlyQuota }) => monthlyQuota,
  created_at: ({ createdAt }) => time(createdAt),
  created_by: ({ createdBy }) => createdBy.name,
  expires_at: ({ expiresAt }) => time(expiresAt),
  last_used_at: ({ lastUse }) => time(lastUse?.at),
  last_used_from: ({ lastUse }) => lastUse?.address ?? null,
  last_user_agent: ({ lastUse }) => lastUse?.userAgent ?? null,
  requests_30d: ({ usage }) => usage.reduce((sum, day) => sum + day, 0),
  paused_at: ({ pausedAt }) => time(pausedAt),
  revoked_at: ({ revokedAt }) => time(revokedAt),
  revoked_by: ({ revokedByName }) => revokedByName,
  revoked_reason: ({ revokedReason }) => revokedReason,
}

type UsedCredential = CredentialView & { lastUsedAt: Date | undefined }

async function* allCredentials(db: Database, accountId: string): AsyncGenerator<UsedCredential> {
  let cursor: string | undefined
  do {
    const query = { status: 'all', sort: 'created', limit: PAGE } as const
    const page = await listCredentials(db, { accountId }, { ...query, ...(cursor ? { cursor } : {}) })
    const ids = page.credentials.map(({ id }) => id)
    const uses = await lastUses(db, accountId, ids)
    for (const credential of page.credentials) yield { ...credential, lastUsedAt: uses.get(credential.id) }
    cursor = page.nextCursor ?? undefined
  } while (cursor)
}

const CREDENTIAL_COLUMNS: Columns<UsedCredential> = {
  id: ({ id }) => id,
  name: ({ name }) => name,
  environment: ({ environment }) => environment,
  type: ({ settings }) => settings.type,
  provider: ({ provider }) => provider,
  hosts: ({ hosts }) => list(hosts),
  last_test: ({ lastTest }) => lastTest?.result ?? null,
  last_test_at: ({ lastTest }) => time(lastTest?.at),
  tokens: ({ tokens }) => tokens?.state ?? null,
  integrations: ({ integrations }) => list(integrations.map(({ slug }) => slug)),
  last_used_at: ({ lastUsedAt }) => time(lastUsedAt),
  created_at: ({ createdAt }) => time(createdAt),
  created_by: ({ createdBy }) => createdBy.name,
  expires_at: ({ expiresAt }) => time(expiresAt),
}

async function* allIntegrations(db: Database, accountId: string): AsyncGenerator<IntegrationView> {
  let cursor: string | undefined
  do {
    const query = { sort: 'created', limit: PAGE } as const
    const page = await listIntegrations(db, { accountId }, { ...query, ...(cursor ? { cursor } : {}) })
    yield* page.integrations
    cursor = page.nextCursor ?? undefined
  } while (cursor)
}

const INTEGRATION_COLUMNS: Columns<IntegrationView> = {
  id: ({ id }) => id,
  name: ({ name }) => name,
  slug: ({ slug }) => slug,
  environment: ({ environment }) => environment,
  state: ({ state }) => state,
  failing_since: ({ failingSince }) => time(failingSince),
  credential: ({ credential }) => credential?.id ?? null,
  credential_name: ({ credential }) => credential?.name ?? null,
  base_url: ({ baseUrl }) => baseUrl,
  methods: ({ methods }) => list(methods),
  paths: ({ paths }) => list(paths),
  timeout_ms: ({ timeoutMs }) => timeoutMs,
  created_at: ({ createdAt }) => time(createdAt),
  created_by: ({ createdBy }) => createdBy.name,
  updated_at: ({ updatedAt }) => time(updatedAt),
}

async function* fileOf<Thing>(
  format: ExportFormat,
  columns: Columns<Thing>,
  things: AsyncIterable<Thing>,
): AsyncGenerator<string> {
  const names = Object.keys(columns)
  const cellsOf = (thing: Thing) => Object.values(columns).map((cell) => cell(thing))
  if (format === 'csv') {
    yield csvLine(names)
    for await (const thing of things) yield csvLine(cellsOf(thing))
    return
  }
  let isFirst = true
  for await (const thing of things) {
    const cells = cellsOf(thing)
    yield `${isFirst ? '[' : ','}\n${JSON.stringify(Object.fromEntries(names.map((name, n) => [name, cells[n]])))}`
    isFirst = false
  }
  yield isFirst ? '[]\n' : '\n]\n'
}
