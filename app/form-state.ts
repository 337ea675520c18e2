import type { ActionRefusal } from './action-answer'
import type { NoAnswer } from './no-answer'
import { ruleInForm } from './rule-words'

/** What a form shows after the server answered. */
export interface FormState {
  /** Why nothing was done, where it is not about one field. */
  message?: string
  /** What kind of refusal `message` is. */
  code?: ActionRefusal['code'] | NoAnswer['code']
  /** What is wrong, by field name. */
  errors: Record<string, string>
  /** What was typed, by field name; never a password. For browsers that load the page anew. */
  values: Record<string, string>
  /** What was done, where the page stays. */
  done?: string
}

export const emptyForm: FormState = { errors: {}, values: {} }

/** What a form shows when it was refused. */
export function refusedForm(
  refusal: Pick<FormState, 'code'> & Pick<ActionRefusal, 'message' | 'fields'>,
  values: Record<string, string> = {},
): FormState {
  const errors = Object.fromEntries(refusal.fields.map(({ field, message }) => [field, sentence(message)]))
  return refusal.fields.length > 0
    ? { errors, values }
    : { message: refusal.message, code: refusal.code, errors, values }
}

/** Rules are worded to follow a field's name ("must be …"); at the field itself they stand alone. */
function sentence(message: string): string {
  const text = message.charAt(0).toUpperCase() + ruleInForm(message.slice(1))
  return /[.?]$/.test(text) ? text : `${text}.`
}

/** The text fields of a form, each a string whatever was sent. */
export function textFields<Name extends string>(data: FormData, ...names: Name[]): Record<Name, string> {
  const read = (name: Name) => {
    const value = data.get(name)
    return typeof value === 'string' ? value : ''
  }
  return Object.fromEntries(names.map((name) => [name, read(name)])) as Record<Name, string>
}
