/** Whether a statement failed on a unique index or constraint (SQLSTATE 23505), whichever driver reports it. */
export function isUniqueViolation(error: unknown, constraint: string): boolean {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
  const { code, constraint: violated } = cause as { code?: string; constraint?: string }
  return code === '23505' && violated === constraint
}
