import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { type Database, type OpenDatabase, openDatabase } from '@/db/client'
import { innermostWords, isPermissionDenied } from '@/db/errors'
import { sessionProblem } from '@/db/session-settings'
import { Activity } from './activity'
import { Allowances, findKeysIn, KeyLookup, UsageRecorder } from './api-keys'
import { type Config, ConfigError, parseConfig } from './config'
import { Egress } from './egress'
import { CallRecorder } from './integrations/call-recorder'
import { UseLookup } from './integrations/use-lookup'
import { GithubKeys, LeakRecorder } from './leaks'
import { log } from './log'
import { openMailer } from './mail/mailer'
import { makeFile } from './make-file'
import { Spool, TokenKeeper } from './oauth'
import { newerDatabaseWarning } from './readiness'
import { getRuntime, type Runtime, setRuntime } from './runtime'
import { openVault } from './vault'

/**
 * Opens what a process of Fenicia needs – configuration, database, migrations – and registers it as the runtime.
 * @param env environment variables, see `lib/config.ts`
 * @param options `migrate`: false where another process sees to the migrations
 * @throws {ConfigError} on a value it does not understand, a Postgres that does not let it in or make tables, or a database whose dates it would misread; {DataFolderHeldError}; {DataFolderError}; what the database says
 */
export async function startRuntime(
  env: Record<string, string | undefined> = process.env,
  { migrate = true }: { migrate?: boolean } = {},
): Promise<Runtime> {
  const config = parseConfig(env)
  const database = await openDatabase(config.database)
  try {
    if (config.database.driver !== 'pglite') await mustLetIn(database.db)
    if (migrate) {
      await mustMigrate(database)
      const warning = await newerDatabaseWarning(database.db)
      if (warning !== null) log.warn(warning)
    }
    const problem = await sessionProblem(database.db)
    if (problem !== null) throw new ConfigError(problem)
    const vault = await openVault(database.db, config, await Spool.waitingFor(config.dataFolder))
    const usage = new UsageRecorder(database.db)
    const allowances = new Allowances(database.db)
    const egress = new Egress(config.egress)
    const calls = new CallRecorder(database.db)
    const leaks = new LeakRecorder(database.db)
    const mailer = openMailer(config)
    const spool = new Spool(config.dataFolder, vault.masterKeys)
    const tokens = new TokenKeeper({
      db: database.db,
      vault,
      egress,
      spool,
      onAlarm: () => getRuntime().jobs?.trigger('notifications.deliver'),
    })
    let isStopping = false
    const beginStop = () => {
      if (isStopping) return
      isStopping = true
      void database.giveUpIfSilent().then((isSilent) => {
        if (isSilent) log.warn('The database does not answer, and is not waited for while the process stops')
      })
    }
    // Before anybody can ask for tokens: what an earlier process could not store is newer than what is stored.
    await tokens.replaySpool()
    setRuntime({
      config,
      authSecret: config.authSecret ?? generatedSecret(config),
      activity: new Activity(),
      database,
      vault,
      keyLookup: new KeyLookup(findKeysIn(database, allowances), { maxBatch: database.lookupBatch }),
      usage,
      uses: new UseLookup(database),
      calls,
      leaks,
      githubKeys: new GithubKeys(egress, config.githubKeysUrl),
      tokens,
      egress,
      mailer,
      beginStop,
      stop: async () => {
        beginStop()
        try {
          await getRuntime().jobs?.stop()
          await Promise.all([usage.stop(), calls.stop(), leaks.stop(), allowances.stop()])
        } finally {
          // What it waits for may have news for people, and tells the jobs.
          await tokens.stop()
          setRuntime(undefined)
          await mailer.close()
          await egress.close()
          // Those that were ended just now.
          await calls.stop()
          await database.close()
        }
      },
    })
  } catch (error) {
    await database.close()
    throw error
  }
  return getRuntime()
}

/** What whoever runs the server reads of a start that failed: a mistake of the operator in words, any other with its stack. */
export function failureOfStart(error: unknown): string {
  const isForPeople =
    error instanceof Error && ['ConfigError', 'DataFolderHeldError', 'DataFolderError'].includes(error.name)
  if (isForPeople) return error.message
  // The stack of a failed statement tells which one it was; why it failed is in the cause.
  return `Fenicia can't start: ${innermostWords(error)}\n${error instanceof Error ? error.stack : ''}`
}

/** @throws {ConfigError} with what the database, or the way to it, said; it is the cause, too */
async function mustLetIn(db: Database): Promise<void> {
  try {
    await db.execute(sql`select 1`)
  } catch (cause) {
    throw new ConfigError(
      `Fenicia can't use the database of DATABASE_URL: ${innermostWords(cause)}. See whether it runs, and whether host, port, user, password and name are right.`,
      { cause },
    )
  }
}

/** @throws {ConfigError} where the role may make no tables, as in a database of another's since Postgres 15; what the database says */
async function mustMigrate(database: OpenDatabase): Promise<void> {
  try {
    await database.migrate()
  } catch (cause) {
    if (!isPermissionDenied(cause)) throw cause
    throw new ConfigError(
      `Fenicia may not make its tables in the database of DATABASE_URL: ${innermostWords(cause)}. Make its role the owner of that database (alter database … owner to …).`,
      { cause },
    )
  }
}

/** The secret of the embedded default: made at first start, readable by its owner only. */
function generatedSecret({ dataFolder }: Config): string {
  const path = join(dataFolder, 'auth.secret')
  makeFile(path, randomBytes(33).toString('base64url'))
  const secret = readFileSync(path, 'utf8').trim()
  if (secret.length < 32)
    throw new ConfigError(`${path} is damaged: delete it to sign everybody out and make a new one.`)
  return secret
}
