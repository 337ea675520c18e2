import type { z } from 'zod'
import { type FieldProblem, Refusal } from './errors'

/** Zod's issues in Fenicia's words, each to be read after its field's name. Never with the value that was sent. */
export function fieldProblems(error: Pick<z.core.$ZodError, 'issues'>): FieldProblem[] {
  return error.issues.flatMap((issue): FieldProblem[] => {
    const field = issue.path.join('.')
    switch (issue.code) {
      case 'unrecognized_keys':
        return issue.keys.map((key) => ({
          field: [...issue.path, key.slice(0, 64)].join('.'),
          code: 'unknown_field',
          message: 'is not a field of this request',
        }))
      case 'invalid_type':
        return issue.input === undefined
          ? [{ field, code: 'missing_field', message: 'is required' }]
          : [{ field, code: 'invalid_format', message: typeRule(issue.expected) }]
      case 'invalid_union':
        // What tells one kind of object from another is missing, or no kind's.
        return [
          isMissing(issue)
            ? { field, code: 'missing_field', message: 'is required' }
            : { field, code: 'invalid_value', message: issue.message },
        ]
      case 'invalid_format':
        return [{ field, code: 'invalid_format', message: issue.message }]
      default:
        return [{ field, code: 'invalid_value', message: issue.message }]
    }
  })
}

function isMissing({ input, path }: z.core.$ZodIssue): boolean {
  const name = path.at(-1)
  if (typeof input !== 'object' || input === null || name === undefined) return input === undefined
  return (input as Record<PropertyKey, unknown>)[name] === undefined
}

function typeRule(expected: string): string {
  return expected === 'int' ? 'must be a whole number' : `must be of type ${expected}`
}

/**
 * Reads what a person or an operator sent.
 * @throws {Refusal} `invalid`, naming each field that breaks a rule (the first rule that it breaks)
 */
export function parseInput<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  // The input tells a field that is missing from one of another type; it goes no further.
  const result = schema.safeParse(input, { reportInput: true })
  if (result.success) return result.data
  const problems = new Map<string, FieldProblem>()
  for (const problem of fieldProblems(result.error)) {
    if (!problems.has(problem.field)) problems.set(problem.field, problem)
  }
  const fields = [...problems.values()]
  throw new Refusal('invalid', `${fields.map(({ field, message }) => `${field} ${message}`).join('; ')}.`, fields)
}
