import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Cron } from 'croner'
import type { IndexedTask } from './index-jobs'
import { type Run, type RunRequest, Runs } from './runs'

/** The key that the stand-in lets both the server and its workers in with. */
export const STAND_IN_KEY = 'tr_dev_only_for_tests'
export const STAND_IN_PROJECT = 'proj_onlyfortests'

interface StandInOptions {
  /** What the project's environment holds: the worker's configuration. */
  variables: Record<string, string>
  /** Whether schedules are kept; otherwise runs of them are asked for by `run`. */
  keepsSchedules?: boolean
}

/**
 * Stands in for Trigger.dev's API, as far as its command line, its workers and `tasks.trigger` ask it: tasks are registered,
 * runs wait in queues with limits per key, are given to a worker, tried again and over. It knows no billing, no versions,
 * no dashboard.
 */
export class TriggerStandIn {
  readonly runs = new Runs()
  /** The tasks of the worker that registered. */
  tasks: IndexedTask[] = []
  /** What was asked for and is not there, which workers get along without. */
  readonly unknown = new Set<string>()
  readonly #options: StandInOptions
  readonly #crons: Cron[] = []
  readonly #server = createServer((request, response) => void this.#serve(request, response))
  #onRegistered: () => void = () => {}
  /** Resolves when a worker has registered its tasks. */
  readonly registered = new Promise<void>((resolve) => {
    this.#onRegistered = resolve
  })

  private constructor(options: StandInOptions) {
    this.#options = options
  }

  static async start(options: StandInOptions): Promise<TriggerStandIn> {
    const standIn = new TriggerStandIn(options)
    standIn.#server.listen(0, '127.0.0.1')
    await once(standIn.#server, 'listening')
    return standIn
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Has a task with a schedule run, as when its time comes, and answers when the run is over. */
  runScheduled(task: string): Promise<Run> {
    const payload = {
      json: { timestamp: new Date(), timezone: 'UTC', scheduleId: 's', upcoming: [], type: 'DECLARATIVE' },
      meta: { values: { timestamp: ['Date'] } },
    }
    return this.run(task, { payload: JSON.stringify(payload), options: { payloadType: 'application/super+json' } })
  }

  /** Has a task run, and answers when the run is over. */
  run(task: string, request: RunRequest): Promise<Run> {
    return this.runs.over(this.runs.add(task, request).run)
  }

  async close(): Promise<void> {
    for (const cron of this.#crons) cron.stop()
    this.runs.close()
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = ''
    for await (const chunk of request.setEncoding('utf8')) text += chunk
    const path = request.url?.split('?')[0] ?? ''
    if (path === '/engine/v1/dev/presence') {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('event: presence\ndata: {}\n\n')
      return
    }
    const answer = this.#answer(path, text)
    if (answer === undefined) this.unknown.add(`${request.method} ${path}`)
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(answer ?? { error: 'not found' }))
  }

  #answer(path: string, text: string): object | undefined {
    const body = () => JSON.parse(text)
    const { url } = this
    if (path === '/api/v2/whoami') return { userId: 'u', email: 'ci@example.com', dashboardUrl: url }
    if (/^\/api\/v1\/projects\/\w+\/dev$/.test(path)) {
      return { apiKey: STAND_IN_KEY, name: 'fenicia', apiUrl: url, projectId: 'p' }
    }
    if (path.endsWith('/envvars')) return { variables: this.#options.variables }
    if (path.endsWith('/background-workers')) return this.#register(body().metadata)
    if (path === '/engine/v1/dev/config') {
      const intervals = { dequeueIntervalWithRun: 100, dequeueIntervalWithoutRun: 200 }
      return { environmentId: 'e', maxConcurrentRuns: 5, engineUrl: url, ...intervals }
    }
    if (path === '/engine/v1/dev/dequeue') return { dequeuedMessages: this.#dequeue() }
    const [, run, step] =
      /^\/engine\/v1\/dev\/runs\/(\w+)\/snapshots\/\w+\/attempts\/(start|complete)$/.exec(path) ?? []
    if (run && step === 'start') return this.#start(this.runs.find(run))
    if (run) return this.#complete(this.runs.find(run), body().completion)
    const [, task] = /^\/api\/v1\/tasks\/([^/]+)\/trigger$/.exec(path) ?? []
    if (task) {
      const added = this.runs.add(decodeURIComponent(task), body())
      return { id: added.run.id, isCached: added.isCached }
    }
    // Traces and logs, which nobody looks at here.
    if (path.startsWith('/otel/')) return {}
    return path.endsWith('/metadata') ? { metadata: {} } : undefined
  }

  #register({ tasks, contentHash }: { tasks: IndexedTask[]; contentHash: string }): object {
    this.tasks = tasks
    for (const cron of this.#crons.splice(0)) cron.stop()
    if (this.#options.keepsSchedules) {
      for (const { id, schedule } of tasks) {
        if (schedule) this.#crons.push(new Cron(schedule.cron, { timezone: 'UTC' }, () => void this.runScheduled(id)))
      }
    }
    this.#onRegistered()
    return { ...WORKER, contentHash }
  }

  #dequeue(): object[] {
    const limitOf = (task: string) => this.tasks.find(({ id }) => id === task)?.queue?.concurrencyLimit
    return this.runs.take(limitOf).map(({ id, begun }) => ({
      version: '1',
      snapshot: snapshot('PENDING_EXECUTING'),
      dequeuedAt: new Date(),
      completedWaitpoints: [],
      backgroundWorker: WORKER,
      deployment: {},
      run: {
        ...{ id, friendlyId: id, isTest: false, isReplay: false, machine: MACHINE },
        ...{ attemptNumber: begun, masterQueue: 'main', traceContext: {} },
      },
      environment: { id: 'e', type: 'DEVELOPMENT' },
      organization: { id: 'o' },
      project: { id: 'p' },
    }))
  }

  #start(run: Run): object {
    run.begun += 1
    const { id, task, payload, payloadType } = run
    const now = new Date()
    const maxDuration = this.tasks.find((candidate) => candidate.id === task)?.maxDuration
    return {
      snapshot: snapshot('EXECUTING'),
      run: { id, friendlyId: id, status: 'EXECUTING', attemptNumber: run.begun },
      envVars: {
        ...this.#options.variables,
        TRIGGER_SECRET_KEY: STAND_IN_KEY,
        TRIGGER_API_URL: this.url,
        TRIGGER_OTEL_EXPORTER_OTLP_ENDPOINT: `${this.url}/otel`,
      },
      execution: {
        environment: { id: 'e', slug: 'dev', type: 'DEVELOPMENT' },
        organization: { id: 'o', slug: 'o', name: 'o' },
        project: { id: 'p', ref: STAND_IN_PROJECT, slug: 'p', name: 'p' },
        machine: MACHINE,
        task: { id: task, filePath: 'jobs' },
        queue: { id: 'q', name: 'q' },
        attempt: {
          ...{ number: run.begun, startedAt: now, id: 'a', status: 'EXECUTING' },
          ...{ backgroundWorkerId: 'w', backgroundWorkerTaskId: 't' },
        },
        run: {
          ...{ id, payload, payloadType, tags: [], isTest: false, isReplay: false, createdAt: now, startedAt: now },
          ...{ durationMs: 0, costInCents: 0, baseCostInCents: 0, maxDuration },
        },
      },
    }
  }

  #complete(run: Run, { ok, output, error, retry }: Completion): object {
    this.runs.note(run, { ok, output, error, retryMs: ok ? undefined : retry?.delay })
    const isTriedAgain = run.status === 'running'
    const failed = isTriedAgain ? 'RETRYING_AFTER_FAILURE' : 'COMPLETED_WITH_ERRORS'
    const status = ok ? 'COMPLETED_SUCCESSFULLY' : failed
    return {
      result: {
        attemptStatus: isTriedAgain ? 'RETRY_IMMEDIATELY' : 'RUN_FINISHED',
        snapshot: snapshot(isTriedAgain ? 'EXECUTING' : 'FINISHED'),
        run: { id: run.id, friendlyId: run.id, status, attemptNumber: run.begun },
      },
    }
  }
}

interface Completion {
  ok: boolean
  output?: string
  error?: { message?: string; code?: string }
  retry?: { delay: number }
}

const MACHINE = { name: 'small-1x', cpu: 0.5, memory: 0.5, centsPerMs: 0 }
const WORKER = { id: 'worker_1', friendlyId: 'worker_1', version: '20260101.1' }

function snapshot(executionStatus: string): object {
  const friendlyId = `snapshot_${randomUUID().replaceAll('-', '')}`
  return { id: friendlyId, friendlyId, executionStatus, description: executionStatus, createdAt: new Date() }
}
