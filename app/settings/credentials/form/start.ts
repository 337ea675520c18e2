import type { Credential, Draft } from '../words'
import type { FormStart } from './credential-form'
import { type ShownForm, valuesOf } from './initial'
import type { Stored } from './rules'

/** The form of a draft, as its test has left it. */
export function startOfDraft({ id, form, secret_set_at, last_test, connection }: Draft): FormStart {
  const shown = form as unknown as ShownForm
  return {
    values: valuesOf(shown),
    stored: storedOf(shown, secret_set_at),
    draftId: id,
    lastResult: last_test?.result ?? null,
    connection,
  }
}

/** The form of a stored credential. */
export function startOfCredential(credential: Credential): FormStart {
  return {
    values: valuesOf(credential),
    stored: storedOf(credential, credential.secret_set_at),
    draftId: null,
    lastResult: credential.last_test?.result ?? null,
    connection: credential.connection,
  }
}

/** What is stored of a form, and which hosts it was saved for. */
export function storedOf(
  { hosts, test, token_url, revocation_url }: ShownForm,
  secretSetAt: Record<string, string>,
): Stored {
  const origins = [...hosts, ...(test ? [new URL(test.url).origin] : [])]
  const originOf = (url: string | null | undefined) => (url ? new URL(url).origin : null)
  return {
    secretSetAt,
    savedFor: {
      hosts: [...new Set(origins)],
      tokenOrigin: originOf(token_url),
      revocationOrigin: originOf(revocation_url),
    },
  }
}
