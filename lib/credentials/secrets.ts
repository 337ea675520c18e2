import type { Database } from '@/db/client'
import { type FieldProblem, Refusal } from '../errors'
import { isVaultError } from '../vault'
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
 * @throws {Refusal} as `openSecrets`
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
  const kept = names.filter((name) => !typed.has(name) && base?.stored.has(name))
  const stored = base && kept.length > 0 ? await openSecrets(db, vault, base, kept) : null
  const all = new Map([...Object.entries(stored ?? {}), ...typed])
  return Object.fromEntries(
    names.flatMap((name) => {
      const secret = all.get(name)
      return secret ? [[name, secret]] : []
    }),
  )
}

/**
 * Opens the secrets of a credential or a draft.
 * @param names the fields that are needed
 * @throws {Refusal} `invalid` on these where they can't be opened any more; {VaultError} where entering them again is no help
 */
export async function openSecrets(
  tx: Database,
  vault: Vault,
  { accountId, id }: Pick<Base, 'accountId' | 'id'>,
  names: readonly string[],
): Promise<Secrets | null> {
  try {
    return await vault.open(tx, { accountId, ownerId: id, field: 'secret' })
  } catch (error) {
    if (!isVaultError(error)) throw error
    // Where the account's key is what can't be opened, no other secret could be sealed either: that is for the operator.
    await vault.dataKeys.active(tx, accountId)
    throw enterAgain(names.map((name) => `secret.${name}`))
  }
}

/** Refuses what would go on with something that can't be opened any more, and says what mends it. */
export function enterAgain(fields: readonly string[]): Refusal {
  const problems = fields.map((field): FieldProblem => {
    const what = field === 'connection' ? 'Connect the service again' : 'Enter it again'
    return { field, code: 'missing_field', message: `${what}: what is stored of it can’t be opened any more` }
  })
  return new Refusal('invalid', `${problems[0]?.message}.`, problems)
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
