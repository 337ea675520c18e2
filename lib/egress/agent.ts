import { setMaxListeners } from 'node:events'
import { LRUCache } from 'lru-cache'
import { Agent, type buildConnector, Client, type Dispatcher } from 'undici'
import { Call } from './call'
import { type ConnectionOptions, openConnection, type Progress } from './connection'
import { EgressError, toEgressError } from './errors'
import { Exchange } from './exchange'
import type { EgressPolicy } from './policy'
import { checkRequest, type EgressLimits, type EgressRequest, type EgressResponse } from './request'
import { destinationOf, judgeUrl } from './url'

const LIMITS: EgressLimits = {
  headersMs: 30_000,
  idleMs: 15_000,
  totalMs: 60_000,
  maxHeaders: 200,
  maxBodyBytes: 10 * 1024 * 1024,
}

/** What holds for every connection. */
const CONNECTIONS = {
  maxHeaderSize: 32 * 1024,
  pipelining: 1,
  // What was judged when it was dialled should not be held for much longer than that.
  keepAliveTimeout: 4_000,
  keepAliveMaxTimeout: 10_000,
  maxRequestsPerClient: 1_000,
}

/** Connections that a pool has to one origin. */
const MAX_POOLED = 128
/** Pools that are kept at hand: of one that is put away, calls end as they would, and idle connections are closed. */
const MAX_POOLS = 1_000

/**
 * The one way to an address that a person typed. What may be called is the policy's to say; a URL is judged when it is
 * given, and each address that its name has when it is dialled. Two policies never share a connection, nor do two pools.
 * Nothing is read from the environment, such as a proxy to go through.
 */
export class Egress {
  readonly #options: ConnectionOptions
  readonly #closing = new AbortController()
  /** Of each account its own: connections that one holds on to are no concern of the others. */
  readonly #pools: LRUCache<string, Agent>

  /** @param options for tests: another resolver, other authorities, less time to connect than 10 s */
  constructor(
    readonly policy: EgressPolicy,
    { resolve, ca, connectMs = 10_000 }: Partial<Omit<ConnectionOptions, 'policy'>> = {},
  ) {
    this.#options = { policy, resolve, ca, connectMs }
    // Each call listens; Node would take more than ten for a leak.
    setMaxListeners(0, this.#closing.signal)
    const connect = this.#connector({ signal: this.#closing.signal })
    this.#pools = new LRUCache({
      max: MAX_POOLS,
      memoMethod: () => new Agent({ ...CONNECTIONS, connections: MAX_POOLED, connect }),
      dispose: (pool) => void pool.close().catch(() => {}),
    })
  }

  /**
   * Sends one request and answers once the headers are there. Follows no redirect, repeats nothing, decompresses nothing.
   * @param url as it was typed
   * @throws {EgressError} of the stage that failed; the answer's body may still end with one
   */
  async request(url: string | URL, request: EgressRequest = {}): Promise<EgressResponse> {
    const target = judgeUrl(String(url), this.policy)
    const { method, headers } = checkRequest(request)
    const limits = { ...LIMITS, ...request.limits }
    const signals = [this.#closing.signal, request.signal]
    const pool = request.pool === undefined ? null : this.#pools.memo(request.pool)
    const call = new Call(signals, limits.totalMs, pool ? 'request' : 'address', request.onStage)
    const dispatcher = pool ?? new Client(target.origin, { ...CONNECTIONS, connect: this.#connector(call) })
    const finish = () => {
      call.finish()
      if (!pool) dispatcher.destroy().catch(() => {})
    }
    try {
      // undici would connect first.
      call.signal.throwIfAborted()
      return await new Exchange(call, limits, finish).send(dispatcher, {
        origin: target.origin,
        path: target.pathname + target.search,
        method: method as Dispatcher.HttpMethod,
        headers,
        body: request.body as Dispatcher.DispatchOptions['body'],
        reset: pool === null,
        headersTimeout: limits.headersMs,
        bodyTimeout: limits.idleMs,
      })
    } catch (error) {
      finish()
      throw toEgressError(error, call.stage)
    }
  }

  /** Ends all calls and closes all connections. Later calls end as aborted. */
  async close(): Promise<void> {
    this.#closing.abort(new EgressError('aborted', 'connection'))
    await Promise.all([...this.#pools.values()].map((pool) => pool.destroy()))
  }

  /** The hook by which undici gets its connections: from `openConnection`, and from nowhere else. */
  #connector(progress: Progress): buildConnector.connector {
    return ({ hostname, port, protocol }, done) => {
      const destination = destinationOf({ hostname, port, protocol })
      openConnection(destination, protocol === 'https:', this.#options, progress).then(
        (socket) => done(null, socket),
        (error) => done(error, null),
      )
    }
  }
}
