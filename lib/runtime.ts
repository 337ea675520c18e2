import type { AsyncLocalStorage } from 'node:async_hooks'
import type { IncomingMessage, RequestListener } from 'node:http'
import type { OpenDatabase } from '@/db/client'
import type { Activity } from './activity'
import type { KeyLookup } from './api-keys/lookup'
import type { UsageRecorder } from './api-keys/usage'
import type { Config } from './config'
import type { Egress } from './egress'
import type { CallRecorder } from './integrations/call-recorder'
import type { UseLookup } from './integrations/use-lookup'
import type { JobRunner } from './jobs'
import type { GithubKeys, LeakRecorder } from './leaks'
import type { Mailer } from './mail/mailer'
import type { TokenKeeper } from './oauth'
import type { Vault } from './vault'

/** What exists once in a process, however many times Next compiles the modules that use it. */
export interface Runtime {
  config: Config
  /** Signs sessions and what else must come back unaltered. */
  authSecret: string
  /** Tells whether requests keep coming; `server.mjs` tells it of each. */
  activity: Activity
  database: OpenDatabase
  vault: Vault
  keyLookup: KeyLookup
  usage: UsageRecorder
  /** Finds integrations for the calls through them. */
  uses: UseLookup
  /** Notes the calls through integrations. */
  calls: CallRecorder
  /** Notes tokens that are seen where they do not belong. */
  leaks: LeakRecorder
  /** What GitHub signs its word of leaks with. */
  githubKeys: GithubKeys
  /** Keeps the tokens of OAuth2 credentials current. */
  tokens: TokenKeeper
  /** Calls addresses that people typed. */
  egress: Egress
  /** Sends mails. */
  mailer: Mailer
  /** Set where the process has jobs run: the server and Trigger.dev's workers, not the command line. */
  jobs?: JobRunner
  /** The public API as `server.mjs` mounts it. */
  apiListener?: RequestListener
  /** Has the process wait no longer for a database that hangs, once it is to stop. `stop` does so itself, only later. */
  beginStop(): void
  /** Ends what runs, writes what is buffered, closes the database. */
  stop(): Promise<void>
}

const RUNTIME = Symbol.for('fenicia.runtime')
const REQUEST = Symbol.for('fenicia.request')

type Globals = { [RUNTIME]?: Runtime; [REQUEST]?: AsyncLocalStorage<IncomingMessage> }
const globals = globalThis as Globals

/** @throws when nothing has called `setRuntime`: the process was not started by instrumentation, the CLI or a test */
export function getRuntime(): Runtime {
  const runtime = globals[RUNTIME]
  if (!runtime) throw new Error('Fenicia has not started in this process')
  return runtime
}

export function setRuntime(runtime: Runtime | undefined): void {
  globals[RUNTIME] = runtime
}

/**
 * The Node request that is being answered, where `server.mjs` runs the process; Next's own request objects no longer
 * tell the peer's address, nor a header that was sent twice.
 */
export function currentIncomingMessage(): IncomingMessage | undefined {
  return globals[REQUEST]?.getStore()
}
