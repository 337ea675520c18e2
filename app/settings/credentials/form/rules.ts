import './jitless'
import { hostProblems, type SavedFor } from '@/lib/credentials/hosts'
import { type CredentialForm, credentialForm, secretProblems } from '@/lib/credentials/schemas'
import type { FieldProblem } from '@/lib/errors'
import { fieldProblems } from '@/lib/input'
import type { FormInput } from './input'

export { toOrigin } from '@/lib/credentials/urls'

// The domain's rules, for the browser: loaded after the form is there, since they are larger than the form.

/** What is stored already, of which fields may say “unchanged”. */
export interface Stored {
  /** When each secret field was set. */
  secretSetAt: Record<string, string>
  savedFor: SavedFor
}

export interface Checked {
  /** Rules of fields, and secrets that are missing. */
  problems: FieldProblem[]
  /** Stored secrets that have to be entered again, since the form names a host that they were not saved for. */
  again: FieldProblem[]
}

/** Checks a form by the rules that the server has, as far as they need no server. */
export function checkForm(input: FormInput, stored: Stored | null): Checked {
  const names = new Set(Object.keys(stored?.secretSetAt ?? {}))
  const parsed = credentialForm.safeParse(input, { reportInput: true })
  const problems = parsed.success ? [] : fieldProblems(parsed.error)
  // These look at the type, its settings and which secrets there are: nothing that could not be parsed.
  problems.push(...secretProblems(input as CredentialForm, names))
  const again = parsed.success && stored ? hostProblems(parsed.data, names, stored.savedFor) : []
  return { problems, again }
}
