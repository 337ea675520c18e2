import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { importFromCli } from './cli'

/** A task as Trigger.dev's index found it. */
export interface IndexedTask {
  id: string
  filePath: string
  triggerSource?: string
  schedule?: { cron: string; timezone: string }
  queue?: { name: string; concurrencyLimit?: number }
  retry?: Record<string, unknown>
  maxDuration?: number
  ttl?: number | string
  payloadSchema?: { properties?: Record<string, unknown>; required?: string[] }
}

export interface Index {
  tasks: IndexedTask[]
  queues: { name: string; concurrencyLimit?: number }[]
}

/** Makes a folder below the root, whose node_modules a bundle leaves some packages to. */
export async function makeFolder(name: string): Promise<string> {
  await mkdir('.trigger', { recursive: true })
  return mkdtemp(resolve(`.trigger/${name}-`))
}

/**
 * Builds and indexes jobs as `trigger.dev deploy` does before it uploads anything: by the command line's own code, without
 * its cloud and a token.
 * @param cwd the folder of trigger.config.ts
 * @throws what the command line finds wrong: an import that can't be resolved or throws, an id that is used twice
 */
export async function indexJobs(cwd = process.cwd()): Promise<Index> {
  const [{ loadConfig }, { buildWorker }, { indexWorkerManifest }, { execOptionsForRuntime }] = await Promise.all([
    importFromCli('config.js'),
    importFromCli('build/buildWorker.js'),
    importFromCli('indexing/indexWorkerManifest.js'),
    import('@trigger.dev/core/v3/build'),
  ])
  const destination = await makeFolder('index')
  try {
    const manifest = await buildWorker({
      target: 'deploy',
      environment: 'prod',
      destination,
      resolvedConfig: await loadConfig({ cwd }),
      rewritePaths: false,
      envVars: {},
      forcedExternals: [],
      plain: true,
      listener: {},
    })
    const buildManifestPath = join(destination, 'manifest.json')
    await writeFile(buildManifestPath, JSON.stringify(manifest))
    return await indexWorkerManifest({
      runtime: manifest.runtime,
      indexWorkerPath: manifest.indexWorkerEntryPoint,
      buildManifestPath,
      nodeOptions: execOptionsForRuntime(manifest.runtime, manifest),
      env: process.env,
      cwd,
      otelHookInclude: manifest.otelImportHook?.include,
      otelHookExclude: manifest.otelImportHook?.exclude,
      handleStdout: () => {},
      handleStderr: () => {},
    })
  } finally {
    await rm(destination, { recursive: true, force: true })
  }
}
