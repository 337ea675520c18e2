import type { ActionRefusal } from '@/app/action-answer'
import { ruleInForm } from '@/app/rule-words'
import type { FieldProblem } from '@/lib/errors'
import type { ActionProblem } from '../data/action-result'

/** What was asked for and refused; `stored`: something of a credential as it is stored, where no form is. */
export type Asked = 'save' | 'test' | 'connect' | 'stored'

/** What a refusal says above the form, where its own message is not the best for a form. */
const messages: Record<Asked, Partial<Record<ActionRefusal['code'], string>>> = {
  save: {
    invalid: 'Nothing was saved yet: look at the marked fields.',
    not_signed_in: 'You are no longer signed in, and nothing was changed. What you typed is still here.',
  },
  test: {
    invalid: 'Nothing was tested yet: look at the marked fields.',
    not_signed_in: 'You are no longer signed in, and nothing was tested. What you typed is still here.',
  },
  connect: {
    invalid: 'Nothing was connected yet: look at the marked fields.',
    not_signed_in: 'You are no longer signed in, and nothing was connected. What you typed is still here.',
  },
  stored: {},
}

/** How a field is called at the start of a sentence; numbers in its path are left out. */
const subjects: Record<string, string> = {
  name: 'The name',
  type: 'The type',
  environment: 'The environment',
  provider: 'The provider',
  hosts: 'The list of hosts',
  'hosts.#': 'A host',
  test: 'The test request',
  'test.method': 'The method',
  'test.url': 'The address of the test',
  'test.good': 'The list of statuses',
  'test.good.#': 'Each status',
  expires_at: 'The expiry',
  'placement.in': 'The place of the secret',
  'placement.name': 'The name',
  'placement.prefix': 'The prefix',
  headers: 'The form',
  'headers.#': 'The header’s name',
  grant: 'The grant',
  token_url: 'The token URL',
  client_id: 'The client ID',
  client_authentication: 'The way in which the client authenticates',
  scopes: 'The list of scopes',
  'scopes.#': 'Each scope',
  audience: 'The audience',
  parameters: 'The list of parameters',
  'parameters.#.name': 'The parameter’s name',
  'parameters.#.value': 'The parameter’s value',
  authorization_url: 'The authorization URL',
  issuer: 'The issuer',
  revocation_url: 'The revocation URL',
  authorization_parameters: 'The list of parameters',
  'authorization_parameters.#.name': 'The parameter’s name',
  'authorization_parameters.#.value': 'The parameter’s value',
  connection: 'The connection',
  access_token_expires_at: 'The end of the access token',
  'secret.key': 'The key',
  'secret.token': 'The token',
  'secret.username': 'The user name',
  'secret.password': 'The password',
  'secret.client_secret': 'The client secret',
  'secret.next_client_secret': 'The next client secret',
  'secret.refresh_token': 'The refresh token',
  'secret.access_token': 'The access token',
}

/** A refusal in the words of the form. Fields are named by their whole path, such as `test.url`. */
export function problemOf(refusal: ActionRefusal, asked: Asked = 'save'): ActionProblem {
  const fields = sentencesOf(refusal.fields)
  // A field that no form has would otherwise go unsaid.
  const isUnsaid = refusal.code === 'invalid' && !refusal.fields.every(({ field }) => subjectOf(field))
  const whole = asked === 'stored' ? Object.values(fields).join(' ') : ''
  const message = (!isUnsaid && messages[asked][refusal.code]) || whole || refusal.message
  return { ok: false, code: refusal.code, message, fields }
}

/** What is wrong with each field, in a whole sentence: the first rule that it breaks. */
export function sentencesOf(problems: readonly FieldProblem[]): Record<string, string> {
  const sentences: Record<string, string> = {}
  for (const { field, message } of problems) {
    // The domain's own refusals begin a sentence; those of a schema go on after the field's name.
    const text = /^\p{Lu}/u.test(message) ? message : `${subjectOf(field) ?? field} ${ruleInForm(message)}`
    sentences[field] ??= /[.?]$/.test(text) ? text : `${text}.`
  }
  return sentences
}

function subjectOf(field: string): string | undefined {
  const path = field.replace(/(?<=\.)\d+(?=\.|$)/g, '#')
  if (Object.hasOwn(subjects, path)) return subjects[path]
  return path.startsWith('secret.') ? 'The value' : undefined
}
