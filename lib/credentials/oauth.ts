import { and, eq, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { preparedOnce } from '@/db/prepared'
import { credentials, vaultItems } from '@/db/schema'
import type { OAuthClient, Renewable } from '../oauth'
import type { TokenDialect } from '../oauth/dialect'
import { parseUrl } from '../parse-url'
import { readingSealed, type Secrets, type Vault } from '../vault/vault'
import { credentialNotFound, settingsOfRow } from './base'
import { findProvider } from './catalogue'
import { promoteNextSecret } from './next-secret'
import type { OAuth2Grant, OAuth2Settings } from './types'

/**
 * How the token endpoint of a provider differs from RFC 6749, if it does. It says how things are sent, and nothing of
 * where: that is what the credential was saved for.
 */
export function dialectOf(provider: string | null): TokenDialect | undefined {
  return provider === null ? undefined : findProvider(provider)?.dialect
}

/**
 * A credential's settings as its token endpoint needs them.
 * @param provider id of its entry in the catalogue
 */
export function oauthClientOf(settings: OAuth2Settings, secrets: Secrets, provider: string | null): OAuthClient {
  const isPublic = settings.client_authentication === 'none'
  return {
    tokenUrl: settings.token_url,
    clientId: settings.client_id,
    clientSecret: isPublic ? null : (secrets.client_secret ?? null),
    nextClientSecret: isPublic ? null : (secrets.next_client_secret ?? null),
    authentication: settings.client_authentication,
    // What was consented to is what a refresh token is for: naming it again could only be refused (RFC 6749, 6).
    scopes: settings.grant === 'authorization_code' ? [] : settings.scopes,
    audience: settings.audience,
    parameters: settings.parameters,
    dialect: dialectOf(provider),
  }
}

/**
 * Where a credential's tokens are taken back; null: nobody knows. One that was saved before its provider's address was known
 * has none: then it is the catalogue's, where that is at the host of its token endpoint, which its secret was saved for.
 */
export function revocationUrlOf(settings: OAuth2Settings, provider: string | null): string | null {
  if (settings.revocation_url) return settings.revocation_url
  const { origin } = new URL(settings.token_url)
  const templates = (provider !== null && findProvider(provider)?.templates) || []
  const known = templates.flatMap(({ settings: its }) => (its.type === 'oauth2' ? (its.revocation_url ?? []) : []))
  return known.find((url) => parseUrl(url)?.origin === origin) ?? null
}

/** What renews tokens of a grant: those that consent has brought are renewed like those that a person brings. */
export function renewalGrantOf(grant: OAuth2Grant): Renewable['grant'] {
  return grant === 'authorization_code' ? 'refresh_token' : grant
}

/**
 * What renews a stored credential's tokens, as it is stored now.
 * @throws {Refusal} `not_found`; {TypeError} when it is of another type
 */
export function renewableOf(db: Database, vault: Vault, accountId: string, id: string): Promise<Renewable> {
  return readingSealed(() => readRenewable(db, vault, accountId, id))
}

/** In one statement: the secret must be of the token endpoint that it was saved with. */
const selectRenewable = preparedOnce((db) => {
  const accountId = sql.placeholder('accountId')
  const id = sql.placeholder('id')
  return db
    .select({
      settings: credentials.settings,
      provider: credentials.provider,
      version: credentials.version,
      dataKeyId: vaultItems.dataKeyId,
      sealed: vaultItems.sealed,
    })
    .from(credentials)
    .leftJoin(
      vaultItems,
      and(eq(vaultItems.accountId, accountId), eq(vaultItems.ownerId, id), eq(vaultItems.field, 'secret')),
    )
    .where(and(eq(credentials.accountId, accountId), eq(credentials.id, id)))
    .prepare('read_renewable')
})

async function readRenewable(db: Database, vault: Vault, accountId: string, id: string): Promise<Renewable> {
  const place = { accountId, ownerId: id, field: 'secret' } as const
  const [row] = await selectRenewable(db).execute({ accountId, id })
  if (!row) throw credentialNotFound()
  const settings = settingsOfRow(row)
  if (settings.type !== 'oauth2') throw new TypeError('Only OAuth2 credentials have tokens')
  const { dataKeyId, sealed } = row
  const opened = dataKeyId && sealed ? await vault.openSealed(db, place, { dataKeyId, sealed }) : null
  const client = oauthClientOf(settings, opened ?? {}, row.provider)
  const { nextClientSecret: next } = client
  return {
    client,
    grant: renewalGrantOf(settings.grant),
    ownerVersion: row.version,
    ...(next && { onNextSecret: async () => void (await promoteNextSecret({ db, vault }, accountId, id, next)) }),
  }
}
