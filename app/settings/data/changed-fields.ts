/**
 * The fields of a form that differ from what it was filled with. Who sends only these leaves what somebody else has changed
 * meanwhile.
 */
export function changedFields<Values extends object>(before: Values, values: Values): Partial<Values> {
  const changed = Object.entries(values).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name as keyof Values]),
  )
  return Object.fromEntries(changed) as Partial<Values>
}
