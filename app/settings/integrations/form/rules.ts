import '../../credentials/form/jitless'
import type { FieldProblem } from '@/lib/errors'
import { fieldProblems } from '@/lib/input'
import { integrationForm } from '@/lib/integrations/schemas'

// The domain's own rules, for the browser. Loaded after the first paint: the schemas would double what a page weighs.

export { slugOf } from '@/lib/integrations/schemas'

/** What the schema says of the form. */
export function problemsIn(input: unknown): FieldProblem[] {
  const result = integrationForm.safeParse(input, { reportInput: true })
  return result.success ? [] : fieldProblems(result.error)
}
