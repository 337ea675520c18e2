import type { Database } from '@/db/client'
import type { OAuthClient, Renewable } from '../oauth'
import type { Secrets, Vault } from '../vault/vault'
import { findCredential, settingsOfRow } from './base'
import type { OAuth2Grant, OAuth2Settings } from './types'

/** A credential's settings as its token endpoint needs them. */
export function oauthClientOf(settings: OAuth2Settings, secrets: Secrets): OAuthClient {
  return {
    tokenUrl: settings.token_url,
    clientId: settings.client_id,
    clientSecret: settings.client_authentication === 'none' ? null : (secrets.client_secret ?? null),
    authentication: settings.client_authentication,
    // What was consented to is what a refresh token is for: naming it again could only be refused (RFC 6749, 6).
    scopes: settings.grant === 'authorization_code' ? [] : settings.scopes,
    audience: settings.audience,
    parameters: settings.parameters,
  }
}

/** What renews tokens of a grant: those that consent has brought are renewed like those that a person brings. */
export function renewalGrantOf(grant: OAuth2Grant): Renewable['grant'] {
  return grant === 'authorization_code' ? 'refresh_token' : grant
}

/**
 * What renews a stored credential's tokens, as it is stored now.
 * @throws {Refusal} `not_found`; {TypeError} when it is of another type
 */
export async function renewableOf(db: Database, vault: Vault, accountId: string, id: string): Promise<Renewable> {
  // Under a lock: the secret must be of the token endpoint that it was saved with.
  return db.transaction(async (tx) => {
    const settings = settingsOfRow(await findCredential(tx, accountId, id, { lock: true }))
    if (settings.type !== 'oauth2') throw new TypeError('Only OAuth2 credentials have tokens')
    const secrets = await vault.open(tx, { accountId, ownerId: id, field: 'secret' })
    return { client: oauthClientOf(settings, secrets ?? {}), grant: renewalGrantOf(settings.grant) }
  })
}
