import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { openDatabase } from '@/db/client'
import { startNeonProxy } from './neon-proxy'
import { startPostgres } from './postgres'

declare module 'vitest' {
  interface ProvidedContext {
    /** `postgres://…` of the cluster's maintenance database. */
    postgresUrl: string
    neonProxy: string
    /** A folder with an embedded database that has all migrations and no rows. */
    pgliteTemplate: string
  }
}

/** The Postgres database that has all migrations and no rows, from which each test file gets a copy. */
export const TEMPLATE = 'fenicia_template'

/** Once per run of the integration tests: one Postgres with the Neon proxy before it, one migrated database of each kind. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const pgliteTemplate = await mkdtemp(join(tmpdir(), 'fenicia-pglite-'))
  const [postgres, proxy] = await Promise.all([startPostgres(), startNeonProxy()])
  const teardown = async () => {
    await proxy.close()
    await postgres.stop()
    await rm(pgliteTemplate, { recursive: true, force: true })
  }
  try {
    await postgres.createDatabase(TEMPLATE)
    for (const database of [
      await openDatabase({ driver: 'pg', url: postgres.url(TEMPLATE), poolSize: 2 }),
      await openDatabase({ driver: 'pglite', folder: pgliteTemplate }),
    ]) {
      await database.migrate()
      await database.close()
    }
  } catch (error) {
    await teardown()
    throw error
  }
  project.provide('postgresUrl', postgres.url('postgres'))
  project.provide('neonProxy', proxy.address)
  project.provide('pgliteTemplate', pgliteTemplate)
  return teardown
}
