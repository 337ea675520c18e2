import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureBuilt } from '../scripts/build.mjs'
import { startNeonProxy } from '../test/neon-proxy'
import { startPostgres } from '../test/postgres'
import { createAccount } from './external-app'
import { databaseKind, makePlace, RUN } from './place'
import { startProduct } from './product'

/**
 * Once per run: the built product, a folder for what it stores, the Postgres that it runs on unless it is embedded, and
 * databases to copy, with the product's tables and with an account.
 */
export default async function setup(): Promise<() => Promise<void>> {
  await ensureBuilt()
  const folder = await mkdtemp(join(tmpdir(), 'fenicia-e2e-'))
  process.env[RUN.folder] = folder
  const removeFolder = () => rm(folder, { recursive: true, force: true })
  if (databaseKind() === 'pglite') {
    await makeTemplates()
    return removeFolder
  }

  const [postgres, proxy] = await Promise.all([startPostgres(), startNeonProxy()])
  process.env[RUN.postgresUrl] = postgres.url('postgres')
  process.env[RUN.postgresFolder] = postgres.dataFolder
  process.env[RUN.neonProxy] = proxy.address
  await makeTemplates()
  return async () => {
    await proxy.close()
    await postgres.stop()
    await removeFolder()
  }
}

async function makeTemplates(): Promise<void> {
  const tables = await makePlace('nothing')
  await (await startProduct(tables)).stop()
  process.env[RUN.tables] = tables.template
  const account = await makePlace('tables')
  await createAccount(account)
  process.env[RUN.account] = account.template
}
