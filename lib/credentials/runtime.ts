import { getRuntime } from '../runtime'
import type { CredentialStore } from './store'

/** What this process keeps credentials in. */
export function credentialStore(): CredentialStore {
  const { database, vault, egress, tokens, authSecret } = getRuntime()
  return { db: database.db, vault, egress, tokens, authSecret }
}
