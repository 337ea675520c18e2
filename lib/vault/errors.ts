/**
 * Why something in the vault can't be opened. `corrupt`: what is stored was cut, edited or moved from elsewhere, or the key
 * is another than the one that sealed it; it says nothing about the secret. `data_key_missing`, `master_key_missing`: it may
 * be intact, but the key that opens it is not there.
 */
export type VaultErrorCode = 'corrupt' | 'data_key_missing' | 'master_key_missing'

const VAULT_ERROR = Symbol.for('fenicia.vault-error')

/** Holds no secret, and no cause that might. Recognise it by `isVaultError`, see `isRefusal`. */
export class VaultError extends Error {
  override name = 'VaultError'
  readonly [VAULT_ERROR] = true

  constructor(
    readonly code: VaultErrorCode,
    message: string,
  ) {
    super(message)
  }
}

export function isVaultError(error: unknown): error is VaultError {
  return typeof error === 'object' && error !== null && VAULT_ERROR in error
}
