import type { ActionRefusal } from '@/app/action-answer'
import type { ActionProblem } from '../data/action-result'

const subjects: Record<string, string> = {
  name: 'The name',
  url: 'The address',
  event_types: 'The events',
  overlap_hours: 'The overlap',
}

/** A refusal in the words of the form. */
export function problemOf({ code, message, fields }: ActionRefusal): ActionProblem {
  const words: Record<string, string> = {}
  for (const { field, message: rule } of fields) {
    const name = field.split('.')[0] ?? ''
    words[name] ??= /^\p{Lu}/u.test(rule) ? rule : `${subjects[name] ?? name} ${rule}.`
  }
  const isAtFields = code === 'invalid' && Object.keys(words).length > 0
  return {
    ok: false,
    code,
    message: isAtFields ? 'Nothing was saved yet: look at the marked fields.' : message,
    fields: words,
  }
}
