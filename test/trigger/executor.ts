import { lifecycleHooks, localsAPI, resourceCatalog, runMetadata, taskContext, waitUntil } from '@trigger.dev/core/v3'
import { TestRunMetadataManager } from '@trigger.dev/core/v3/test'
import { TriggerTracer } from '@trigger.dev/core/v3/tracer'
import {
  ConsoleInterceptor,
  StandardLifecycleHooksManager,
  StandardLocalsManager,
  StandardResourceCatalog,
  StandardWaitUntilManager,
  TaskExecutor,
} from '@trigger.dev/core/v3/workers'

type ExecutorOptions = ConstructorParameters<typeof TaskExecutor>[1]
type Execution = Parameters<TaskExecutor['execute']>
export type TaskResult = Awaited<ReturnType<TaskExecutor['execute']>>['result']

/** Lets task definitions register in this process, where they are no-ops otherwise. Of one id, the last one counts. */
export function installCatalog(): void {
  resourceCatalog.setGlobalResourceCatalog(new StandardResourceCatalog())
  lifecycleHooks.setGlobalLifecycleHooksManager(new StandardLifecycleHooksManager())
  localsAPI.setGlobalLocalsManager(new StandardLocalsManager())
  waitUntil.setGlobalManager(new StandardWaitUntilManager())
  runMetadata.setGlobalManager(new TestRunMetadataManager())
}

/** Runs what registers tasks; what is registered outside of it is dropped. */
export function registering(register: () => void): void {
  resourceCatalog.setCurrentFileContext('jobs/trigger/tasks.ts', 'tasks')
  try {
    register()
  } finally {
    resourceCatalog.clearCurrentFileContext()
  }
}

/** A task that was registered, as Trigger.dev's index tells it. */
export const registeredTask = (id: string) => resourceCatalog.listTaskManifests().find((task) => task.id === id)

const place = {
  queue: { id: 'q', name: 'q' },
  environment: { id: 'e', slug: 'prod', type: 'PRODUCTION' },
  organization: { id: 'o', slug: 'o', name: 'o' },
  project: { id: 'p', ref: 'p', slug: 'p', name: 'p' },
  machine: { name: 'small-1x', cpu: 0.5, memory: 0.5, centsPerMs: 0 },
} as const

/**
 * Executes a task as a worker of Trigger.dev does, by its own code: payload, hooks, and whether to try again, which is done
 * at once.
 * @returns the last result, and after how long each other attempt would have been made
 */
export async function executeTask(
  id: string,
  payload: unknown,
  { signal = new AbortController().signal } = {},
): Promise<{ result: TaskResult; delaysMs: number[] }> {
  const task = resourceCatalog.getTask(id)
  if (!task) throw new Error(`No task is called ${id}`)
  const now = new Date()
  const delaysMs: number[] = []
  for (let number = 1; ; number++) {
    const common = { ...place, task: { id, filePath: 'jobs' }, attempt: { number, startedAt: now } }
    const run = { id: 'run_1', tags: [], isTest: false, isReplay: false, createdAt: now, startedAt: now, version: '1' }
    const ctx = { ...common, run: { ...run, durationMs: 0, costInCents: 0, baseCostInCents: 0 } }
    const packet = { payload: JSON.stringify(payload), payloadType: 'application/json' }
    // Both are what the server sends, of which only a part is read.
    const execution = { ...ctx, run: { ...ctx.run, ...packet } } as unknown as Execution[0]
    const context = ctx as unknown as Execution[1]
    const worker = { id: 'w', version: '1', contentHash: 'x', engine: 'V2' } as const
    taskContext.setGlobalTaskContext({ ctx: context, worker, isWarmStart: false })
    const executor = new TaskExecutor(task, {
      tracer: new TriggerTracer({ name: 'test', version: '1' }),
      tracingSDK: undefined as unknown as ExecutorOptions['tracingSDK'],
      consoleInterceptor: new ConsoleInterceptor({ emit() {}, enabled: () => false }, true, true),
      retries: { enabledInDev: true },
    })
    const { result } = await executor.execute(execution, context, signal)
    taskContext.disable()
    if (result.ok || !result.retry) return { result, delaysMs }
    delaysMs.push(result.retry.delay)
  }
}
