import type { EgressPolicy } from '../egress/policy'
import { type FieldProblem, Refusal } from '../errors'
import { addressProblems } from './addresses'
import type { Base } from './base'
import { findProvider } from './catalogue'
import { hostProblems } from './hosts'
import { addressesOf, type CredentialForm, secretProblems } from './schemas'

/**
 * The rules that a form by itself can't tell: whether its addresses may be called, whether a secret is missing, and whether
 * a stored one would be sent to a host that it was not saved for.
 * @param base what fills the fields that say “unchanged”; null: a new credential
 * @throws {Refusal} `invalid`, with all of the fields that break a rule
 */
export function checkForm(form: CredentialForm, base: Base | null, policy: EgressPolicy): void {
  const stored = base?.stored ?? new Set<string>()
  const problems = [
    ...providerProblems(form),
    ...addressProblems(addressesOf(form), policy),
    ...secretProblems(form, stored),
    ...(base ? hostProblems(form, stored, base.savedFor) : []),
  ]
  if (problems.length > 0) throw refusalOf(problems)
}

/**
 * The rule of hosts for tokens alone, where what is stored keeps them: a draft of an edit that was not connected itself.
 * @throws {Refusal} `invalid` on `connection`
 */
export function checkConnection(form: CredentialForm, { stored, savedFor }: Base): void {
  const tokens = new Set([...stored].filter((name) => name === 'refresh_token'))
  const problems = hostProblems(form, tokens, savedFor).filter(({ field }) => field === 'connection')
  if (problems.length > 0) throw refusalOf(problems)
}

function providerProblems({ provider }: CredentialForm): FieldProblem[] {
  return provider === null || findProvider(provider)
    ? []
    : [{ field: 'provider', code: 'invalid_value', message: 'must be the id of a provider of the catalogue, or null' }]
}

function refusalOf(problems: FieldProblem[]): Refusal {
  const detail = problems.map(({ field, message }) => (/^\p{Lu}/u.test(message) ? message : `${field} ${message}`))
  return new Refusal('invalid', `${detail.join('; ').replace(/[.]$/, '')}.`, problems)
}
