import type { OpenDatabase } from '@/db/client'
import { findKeysIn, KeyLookup, UsageRecorder } from '@/lib/api-keys'
import { parseConfig } from '@/lib/config'
import { type Runtime, setRuntime } from '@/lib/runtime'

/**
 * Registers a runtime over a test's database, as `startRuntime` does over one of its own; `env` is the configuration.
 * The caller opens and closes the database.
 */
export function useRuntime(database: OpenDatabase, env: Record<string, string> = {}): Runtime {
  return register({
    ...configuration(env),
    database,
    keyLookup: new KeyLookup(findKeysIn(database), { maxBatch: database.lookupBatch }),
    usage: new UsageRecorder(database.db),
  })
}

/** Registers a runtime that has a configuration and nothing else: whatever asks for more of it fails. */
export function useConfiguration(env: Record<string, string> = {}): Runtime {
  return register(configuration(env))
}

function configuration(env: Record<string, string>): Pick<Runtime, 'config' | 'authSecret'> {
  return { config: parseConfig(env), authSecret: 'only-for-tests-only-for-tests-only-for-tests' }
}

function register(parts: Partial<Runtime>): Runtime {
  const runtime = { ...parts, stop: async () => setRuntime(undefined) } as Runtime
  setRuntime(runtime)
  return runtime
}
