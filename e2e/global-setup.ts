import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureBuilt } from '../scripts/build.mjs'
import { startNeonProxy } from '../test/neon-proxy'
import { startPostgres } from '../test/postgres'
import { databaseKind, RUN } from './place'

/** Once per run: the built product, a folder for what it stores, and the Postgres that it runs on unless it is embedded. */
export default async function setup(): Promise<() => Promise<void>> {
  await ensureBuilt()
  const folder = await mkdtemp(join(tmpdir(), 'fenicia-e2e-'))
  process.env[RUN.folder] = folder
  const removeFolder = () => rm(folder, { recursive: true, force: true })
  if (databaseKind() === 'pglite') return removeFolder

  const [postgres, proxy] = await Promise.all([startPostgres(), startNeonProxy()])
  process.env[RUN.postgresUrl] = postgres.url('postgres')
  process.env[RUN.postgresFolder] = postgres.dataFolder
  process.env[RUN.neonProxy] = proxy.address
  return async () => {
    await proxy.close()
    await postgres.stop()
    await removeFolder()
  }
}
