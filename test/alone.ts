/**
 * Tests that put something in place of a module (`vi.mock`), each run in a process of its own: what was imported before
 * them stays as it is, and what comes after them would meet what they put.
 */
export const ALONE = [
  'app/server-actions.test.ts',
  'app/session.integration.test.ts',
  'app/settings/files.test.ts',
  'db/data-folder.test.ts',
  'lib/accounts/passwords.test.ts',
  'lib/accounts/sign-in.integration.test.ts',
  'lib/api-keys/bulk.integration.test.ts',
]
