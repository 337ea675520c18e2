import type { ActionRefusal } from '@/app/action-answer'
import type { FieldProblem } from '@/lib/errors'
import type { ActionProblem } from '../data/action-result'

// What is wrong with a form, in its own words: the same whether the browser finds it or the server does.

export const NOT_SAVED = 'Nothing was saved yet: look at the marked fields.'

/** What a refusal says above the form, where its own message is not the best for a form. */
const messages: Partial<Record<ActionRefusal['code'], string>> = {
  invalid: NOT_SAVED,
  not_signed_in: 'You are no longer signed in, and nothing was changed. What you typed is still here.',
}

/** How a field is called at the start of a sentence; `*` is a number. Or the whole sentence, where the rule is the API's. */
const fieldWords: Record<string, { subject: string } | { sentence: string }> = {
  environment: { subject: 'The environment' },
  name: { subject: 'The name' },
  slug: { subject: 'The slug' },
  credential_id: { sentence: 'Choose a credential.' },
  base_url: { subject: 'The base URL' },
  methods: { sentence: 'Choose at least one method.' },
  paths: { subject: 'The path patterns' },
  'paths.*': { subject: 'The pattern' },
  headers: { subject: 'The headers' },
  'headers.*.name': { subject: 'The name' },
  'headers.*.value': { subject: 'The value' },
  timeout_ms: { sentence: 'Enter seconds from 1 to 120.' },
  state: { subject: 'The state' },
  expired_token: { subject: 'This' },
  'expired_token.statuses': { subject: 'The statuses' },
  'expired_token.statuses.*': { sentence: 'Enter statuses from 200 to 599, such as 403 or 419.' },
  'expired_token.json.path': { subject: 'The path' },
  'expired_token.json.equals': { subject: 'The value' },
  method: { sentence: 'Choose one of the methods.' },
  path: { subject: 'The path' },
  body: { subject: 'The body' },
}

/** A problem of a field as a sentence. */
export function fieldSentence({ field, message }: Pick<FieldProblem, 'field' | 'message'>): string {
  // The domain's own refusals are whole sentences; those of a schema go on after the field's name.
  if (/^\p{Lu}/u.test(message)) return /[.!?]$/.test(message) ? message : `${message}.`
  const words = fieldWords[patternOf(field)]
  if (words && 'sentence' in words) return words.sentence
  return `${words?.subject ?? field} ${message}.`
}

/** The first sentence of each field that has a problem, by the field's path. */
export function fieldSentences(problems: readonly FieldProblem[]): Record<string, string> {
  const fields: Record<string, string> = {}
  for (const problem of problems) fields[problem.field] ??= fieldSentence(problem)
  return fields
}

/** A refusal in the words of the form. */
export function problemOf(refusal: ActionRefusal): ActionProblem {
  const fields = fieldSentences(refusal.fields)
  // A field that no form has would otherwise go unsaid.
  const isUnsaid = refusal.code === 'invalid' && !Object.keys(fields).every((field) => patternOf(field) in fieldWords)
  const message = (!isUnsaid && messages[refusal.code]) || refusal.message
  return { ok: false, code: refusal.code, message, fields }
}

/** What stands at one field, whatever part of it is wrong. */
export function errorOf(fields: Record<string, string>, field: string): string | undefined {
  const at = Object.keys(fields).find((path) => path === field || path.startsWith(`${field}.`))
  return at && fields[at]
}

/** `headers.2.name` → `headers.*.name` */
function patternOf(field: string): string {
  return field.replace(/\.\d+(?=\.|$)/g, '.*')
}
