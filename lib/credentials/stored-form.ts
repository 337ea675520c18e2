import { type CredentialRow, settingsOfRow } from './base'
import { comparable } from './comparable'
import type { CredentialForm } from './schemas'

/** What is stored of a credential, in the form in which it is written; without its secrets. */
export function storedForm(row: CredentialRow): Record<string, unknown> {
  const settings = settingsOfRow(row)
  return {
    ...settings,
    environment: row.environment,
    name: row.name,
    provider: row.provider,
    hosts: row.hosts,
    test: row.test,
    ...(settings.type === 'api_key' || settings.type === 'bearer'
      ? { expires_at: row.expiresAt?.toISOString() ?? null }
      : {}),
    ...(settings.type === 'oauth2' ? { renew_ahead: row.renewAhead } : {}),
  }
}

/** The fields of an edit, but for its secrets, that are not as they are stored. */
export function fieldsChanged(form: CredentialForm, row: CredentialRow): string[] {
  const { secret: _, draft_id: _draft, receipt: _receipt, ...shown } = form
  const stored = storedForm(row)
  return Object.entries(shown)
    .filter(([name, value]) => comparable(orNull(value)) !== comparable(orNull(stored[name])))
    .map(([name]) => name)
}

/** What says nothing as null: a form has also the fields that another grant of its type has. */
function orNull(value: unknown): unknown {
  return Array.isArray(value) && value.length === 0 ? null : (value ?? null)
}
