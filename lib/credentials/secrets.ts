import type { Database } from '@/db/client'
import { Secret } from '../vault/secret'
import type { Secrets, Vault } from '../vault/vault'
import type { Base } from './base'
import { type CredentialForm, secretFieldsOf, typedFields } from './schemas'

/** Secret fields of OAuth2 that renewal keeps current: they are stored as tokens, not with the rest. */
const TOKEN_FIELDS = new Set(['refresh_token', 'access_token'])

/** What was typed of a form's secrets, by field. */
export function typedSecrets(form: CredentialForm): Secrets {
  return Object.fromEntries([...typedFields(form)].map(([name, value]) => [name, new Secret(value)]))
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
  const names = secretFieldsOf(form)
    .map(({ name }) => name)
    .filter((name) => form.type !== 'oauth2' || !TOKEN_FIELDS.has(name))
  const typed = new Map(Object.entries(typedSecrets(form)))
  // Not where all is typed anew: what can't be opened any more is mended so.
  const isKept = names.some((name) => !typed.has(name) && base?.stored.has(name))
  const stored =
    base && isKept ? await vault.open(db, { accountId: base.accountId, ownerId: base.id, field: 'secret' }) : null
  const all = new Map([...Object.entries(stored ?? {}), ...typed])
  return Object.fromEntries(
    names.flatMap((name) => {
      const secret = all.get(name)
      return secret ? [[name, secret]] : []
    }),
  )
}

/** When each secret field of a form was set: now where it was typed. */
export function setTimes(
  form: CredentialForm,
  before: Readonly<Record<string, string>>,
  now = new Date(),
): Record<string, string> {
  const typed = typedFields(form)
  const known = new Map(Object.entries(before))
  return Object.fromEntries(
    secretFieldsOf(form).flatMap(({ name }) => {
      const at = typed.has(name) ? now.toISOString() : known.get(name)
      return at === undefined ? [] : [[name, at]]
    }),
  )
}
