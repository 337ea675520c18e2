import { ensureBuilt } from '../scripts/build.mjs'
import { startNeonProxy } from '../test/neon-proxy'
import { startPostgres } from '../test/postgres'
import { databaseKind, POSTGRES } from './place'

/** Once per run: the built product, and the Postgres that it runs on unless it runs on the embedded database. */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  await ensureBuilt()
  if (databaseKind() === 'pglite') return
  const [postgres, proxy] = await Promise.all([startPostgres(), startNeonProxy()])
  process.env[POSTGRES.url] = postgres.url('postgres')
  process.env[POSTGRES.folder] = postgres.dataFolder
  process.env[POSTGRES.neonProxy] = proxy.address
  return async () => {
    await proxy.close()
    await postgres.stop()
  }
}
