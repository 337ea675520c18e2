import { z } from 'zod'
import type { Database } from '@/db/client'
import { type ApiKeyView, listApiKeys, type RevokedKey, readRevocationReport } from '../api-keys'
import { type Actor, recordAuditEvent } from '../audit'
import { type CredentialView, listCredentials } from '../credentials'
import { lastUses } from '../review'
import { csvLine } from './csv'

export const exportFormat = z.enum(['csv', 'json'])
export type ExportFormat = z.output<typeof exportFormat>

/** Rows that are read at once: a file of any size takes the memory of one page. */
const PAGE = 500

type Row = Record<string, string | number | null>

/** All keys of the actor's account with their use, as pieces of a file. Who exported them is on record. */
export async function exportKeys(db: Database, actor: Actor, format: ExportFormat): Promise<AsyncIterable<string>> {
  await recordAuditEvent(db, actor, 'api_keys.exported', actor.accountId, { format })
  return fileOf(format, keyRows(db, actor.accountId))
}

/** All credentials of the actor's account, without their secrets, as pieces of a file. */
export async function exportCredentials(
  db: Database,
  actor: Actor,
  format: ExportFormat,
): Promise<AsyncIterable<string>> {
  await recordAuditEvent(db, actor, 'credentials.exported', actor.accountId, { format })
  return fileOf(format, credentialRows(db, actor.accountId))
}

/** What became of each key of a bulk revocation, as a file. @throws {Refusal} `not_found` */
export async function exportRevocation(db: Database, accountId: string, id: string): Promise<string> {
  const lines = (await readRevocationReport(db, accountId, id)).map(({ keyId, name, outcome }: RevokedKey) =>
    csvLine([keyId, name, outcome]),
  )
  return [csvLine(['key', 'name', 'outcome']), ...lines].join('')
}

async function* keyRows(db: Database, accountId: string): AsyncGenerator<Row> {
  let cursor: string | undefined
  do {
    const query = { status: 'all', sort: 'created', order: 'asc', limit: PAGE } as const
    const page = await listApiKeys(db, accountId, { ...query, ...(cursor ? { cursor } : {}) })
    for (const key of page.keys) yield keyRow(key)
    cursor = page.nextCursor ?? undefined
  } while (cursor)
}

function keyRow(key: ApiKeyView): Row {
  return {
    id: key.id,
    name: key.name,
    environment: key.environment,
    status: key.status,
    scopes: key.scopes.join(' '),
    created_at: key.createdAt.toISOString(),
    created_by: key.createdBy.name,
    expires_at: key.expiresAt?.toISOString() ?? null,
    last_used_at: key.lastUse?.at.toISOString() ?? null,
    last_used_from: key.lastUse?.address ?? null,
    last_user_agent: key.lastUse?.userAgent ?? null,
    requests_30d: key.usage.reduce((sum, day) => sum + day, 0),
    revoked_at: key.revokedAt?.toISOString() ?? null,
    revoked_by: key.revokedByName,
    revoked_reason: key.revokedReason,
  }
}

async function* credentialRows(db: Database, accountId: string): AsyncGenerator<Row> {
  let cursor: string | undefined
  do {
    const query = { status: 'all', sort: 'created', limit: PAGE } as const
    const page = await listCredentials(db, { accountId }, { ...query, ...(cursor ? { cursor } : {}) })
    const ids = page.credentials.map(({ id }) => id)
    const uses = await lastUses(db, accountId, ids)
    for (const credential of page.credentials) yield credentialRow(credential, uses.get(credential.id))
    cursor = page.nextCursor ?? undefined
  } while (cursor)
}

function credentialRow(credential: CredentialView, lastUsedAt: Date | undefined): Row {
  return {
    id: credential.id,
    name: credential.name,
    environment: credential.environment,
    type: credential.settings.type,
    provider: credential.provider,
    hosts: credential.hosts.join(' '),
    last_test: credential.lastTest?.result ?? null,
    last_test_at: credential.lastTest?.at.toISOString() ?? null,
    tokens: credential.tokens?.state ?? null,
    integrations: credential.integrations.map(({ slug }) => slug).join(' '),
    last_used_at: lastUsedAt?.toISOString() ?? null,
    created_at: credential.createdAt.toISOString(),
    created_by: credential.createdBy.name,
    expires_at: credential.expiresAt?.toISOString() ?? null,
  }
}

async function* fileOf(format: ExportFormat, rows: AsyncIterable<Row>): AsyncGenerator<string> {
  let isFirst = true
  for await (const row of rows) {
    if (format === 'csv') yield `${isFirst ? csvLine(Object.keys(row)) : ''}${csvLine(Object.values(row))}`
    else yield `${isFirst ? '[' : ','}\n${JSON.stringify(row)}`
    isFirst = false
  }
  if (format === 'json') yield isFirst ? '[]\n' : '\n]\n'
}
