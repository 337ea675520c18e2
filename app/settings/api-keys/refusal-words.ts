import type { ActionRefusal } from '@/app/action-answer'
import { ruleInForm } from '@/app/rule-words'
import type { FieldProblem } from '@/lib/errors'
import type { ActionProblem } from '../data/action-result'

/** What a refusal says above the form, where its own message is not the best for a form. */
const messages: Partial<Record<ActionRefusal['code'], string>> = {
  invalid: 'Nothing was saved yet: look at the marked fields.',
  not_signed_in: 'You are no longer signed in, and nothing was changed. What you typed is still here.',
}

type FieldWords = { subject: string } & Partial<Record<FieldProblem['code'], string>>

/** How a field is called at the start of a sentence, and sentences of its own where the rule is the API's and not the form's. */
const fieldWords = {
  name: { subject: 'The name' },
  environment: { subject: 'The environment' },
  scopes: { subject: 'The scopes', invalid_value: 'Choose at least one scope.' },
  expires_at: { subject: 'The expiry', invalid_format: 'Choose a date.' },
  overlap: { subject: 'The overlap' },
  integrations: {
    subject: 'The integrations',
    invalid_value: 'Choose at least one integration, or let the key use all.',
  },
  reason: { subject: 'The reason' },
  days: { subject: 'The time' },
  rate: { subject: 'The number of requests', invalid_format: 'Type a whole number from 1 to 1,000,000.' },
  monthly_quota: { subject: 'The number of requests', invalid_format: 'Type a whole number from 1 to 1,000,000,000.' },
  addresses: {
    subject: 'The addresses',
    invalid_value: 'Type IP addresses and CIDR ranges, 100 at most, such as 203.0.113.7 or 2001:db8::/32.',
  },
  methods: { subject: 'The methods', invalid_value: 'Choose at least one method, or let the key use all.' },
} satisfies Record<string, FieldWords>

/** A field that a form may have. */
export type FormField = keyof typeof fieldWords

/**
 * A refusal in the words of the form.
 * @param form the fields that it has, and marks
 */
export function problemOf(refusal: ActionRefusal, form: readonly FormField[]): ActionProblem {
  const fields: Record<string, string> = {}
  for (const problem of refusal.fields) {
    const field = problem.field.split('.')[0] ?? ''
    fields[field] ??= fieldSentence(field, problem)
  }
  const refused = Object.keys(fields)
  // What is wrong with a field that this form does not have, or with none, would otherwise go unsaid.
  const isMarked = refused.length > 0 && refused.every((field) => (form as readonly string[]).includes(field))
  const message = ((refusal.code !== 'invalid' || isMarked) && messages[refusal.code]) || refusal.message
  return { ok: false, code: refusal.code, message, fields }
}

function fieldSentence(field: string, { code, message }: FieldProblem): string {
  const words: FieldWords | undefined = isFormField(field) ? fieldWords[field] : undefined
  // The domain's own refusals are whole sentences; those of a schema go on after the field's name.
  if (/^\p{Lu}/u.test(message)) return message
  return words?.[code] ?? `${words?.subject ?? field} ${ruleInForm(message)}.`
}

function isFormField(field: string): field is FormField {
  return Object.hasOwn(fieldWords, field)
}
