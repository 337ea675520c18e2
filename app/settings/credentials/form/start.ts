import type { Credential, Draft } from '../words'
import type { FormStart } from './credential-form'
import { type ShownForm, valuesOf } from './initial'
import { testedPart, toInput } from './input'
import type { Stored } from './rules'

/**
 * The form of a draft, as its test has left it.
 * @param edited what it changes: the fields that it leaves as they were are shown as they are stored by now
 */
export function startOfDraft(draft: Draft, edited: Credential | null = null): FormStart {
  const { id, form, changed_fields: changed, secret_set_at, last_test, connection } = draft
  const tested = form as unknown as ShownForm
  const shown = edited && changed ? { ...tested, ...edited, ...picked(tested, changed) } : tested
  return {
    values: valuesOf(shown),
    stored: storedOf(tested, secret_set_at),
    draftId: id,
    // Of what others have changed since, the test has found nothing.
    lastResult: (sentBy(shown) === sentBy(tested) && last_test?.result) || null,
    connection,
  }
}

function sentBy(form: ShownForm): string {
  return testedPart(toInput(valuesOf(form), new Set()))
}

function picked(form: ShownForm, names: readonly string[]): Partial<ShownForm> {
  return Object.fromEntries(Object.entries(form).filter(([name]) => names.includes(name)))
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
