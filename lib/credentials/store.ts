import type { Database } from '@/db/client'
import type { Egress } from '../egress'
import type { TokenKeeper } from '../oauth'
import type { Vault } from '../vault'

/** What credentials are kept in, what tests and renews them, and what says where they may go. */
export interface CredentialStore {
  db: Database
  vault: Vault
  egress: Pick<Egress, 'request' | 'policy'>
  tokens: TokenKeeper
  /** Keys the receipts of tests. */
  authSecret: string
}
