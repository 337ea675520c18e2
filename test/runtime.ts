import type { OpenDatabase } from '@/db/client'
import { findKeysIn, KeyLookup, UsageRecorder } from '@/lib/api-keys'
import { parseConfig } from '@/lib/config'
import { type Runtime, setRuntime } from '@/lib/runtime'

/**
 * Registers a runtime over a test's database, as `startRuntime` does over one of its own; `env` is the configuration.
 * The caller opens and closes the database.
 */
export function useRuntime(database: OpenDatabase, env: Record<string, string> = {}): Runtime {
  const runtime: Runtime = {
    config: parseConfig(env),
    authSecret: 'only-for-tests-only-for-tests-only-for-tests',
    database,
    keyLookup: new KeyLookup(findKeysIn(database)),
    usage: new UsageRecorder(database.db),
    stop: async () => setRuntime(undefined),
  }
  setRuntime(runtime)
  return runtime
}
