import type { Database } from '@/db/client'
import { Secret } from '../vault/secret'
import type { Secrets, Vault } from '../vault/vault'
import type { Base } from './base'
import { type CredentialForm, secretFieldsOf } from './schemas'

/** Secret fields that renewal keeps current: they are stored as tokens, not with the rest. */
const TOKEN_FIELDS = new Set(['refresh_token', 'access_token'])

/** What was typed of a form's secrets, by field. */
export function typedSecrets(form: CredentialForm): Secrets {
  const typed = Object.entries(form.secret as Record<string, string | undefined>)
  return Object.fromEntries(typed.flatMap(([name, value]) => (value === undefined ? [] : [[name, new Secret(value)]])))
}

/**
 * The secrets that a form means: what was typed, and for the rest what is stored. Not with what renewal keeps current.
 * @throws {VaultError}
 */
export async function meantSecrets(
  db: Database,
  vault: Vault,
  form: CredentialForm,
  base: Base | null,
): Promise<Secrets> {
  const stored = base && (await vault.open(db, { accountId: base.accountId, ownerId: base.id, field: 'secret' }))
  const all: Secrets = { ...stored, ...typedSecrets(form) }
  const names = secretFieldsOf(form)
    .map(({ name }) => name)
    .filter((name) => !TOKEN_FIELDS.has(name))
  return Object.fromEntries(names.flatMap((name) => (all[name] ? [[name, all[name]]] : [])))
}

/** When each secret field of a form was set: now where it was typed. */
export function setTimes(
  form: CredentialForm,
  before: Readonly<Record<string, string>>,
  now = new Date(),
): Record<string, string> {
  const typed = form.secret as Record<string, string | undefined>
  return Object.fromEntries(
    secretFieldsOf(form).flatMap(({ name }) => {
      const at = typed[name] === undefined ? before[name] : now.toISOString()
      return at === undefined ? [] : [[name, at]]
    }),
  )
}
