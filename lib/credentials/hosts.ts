import type { FieldProblem } from '../errors'
import { type CredentialForm, hostsOf, secretFieldsOf } from './schemas'

/** Where stored secrets may travel to. */
export interface SavedFor {
  hosts: readonly string[]
  /** Of OAuth2: the origin of the token endpoint. */
  tokenOrigin: string | null
}

export function tokenOriginOf(form: Pick<CredentialForm, 'type'> & { token_url?: string }): string | null {
  return form.type === 'oauth2' && form.token_url ? new URL(form.token_url).origin : null
}

/**
 * A stored secret only ever travels to the hosts that it was saved for. Whoever names another one must know the secret, or
 * editing would be a way to send it to oneself: so all of it has to be typed again.
 * @param stored names of the secret fields that are stored
 */
export function hostProblems(form: CredentialForm, stored: ReadonlySet<string>, savedFor: SavedFor): FieldProblem[] {
  const tokenOrigin = tokenOriginOf(form)
  const added = hostsOf(form).filter((host) => !savedFor.hosts.includes(host))
  if (tokenOrigin !== null && tokenOrigin !== savedFor.tokenOrigin) added.push(tokenOrigin)
  const [host] = added
  if (host === undefined) return []
  const typed = form.secret as Record<string, string | undefined>
  return secretFieldsOf(form)
    .filter(({ name }) => typed[name] === undefined && stored.has(name))
    .map(({ name }) => ({
      field: `secret.${name}`,
      code: 'missing_field',
      message: `Enter it again: it was not saved for ${new URL(host).host}`,
    }))
}
