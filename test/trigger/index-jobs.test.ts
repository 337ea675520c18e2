import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Cron } from 'croner'
import { afterEach, describe, expect, it } from 'vitest'
import { catalogue } from '@/jobs/catalogue'
import { isScheduled, type Job } from '@/jobs/job'
import { indexJobs, makeFolder } from './index-jobs'

const queueOf = (job: Job) => (isScheduled(job) ? { name: job.id, concurrencyLimit: 1 } : job.queue)

describe('what Trigger.dev’s own build and index find', () => {
  it('is the catalogue: each job with its schedule, queue, retries and limit, and nothing else', async () => {
    const { tasks, queues } = await indexJobs()
    const found = tasks.map(({ id, filePath, triggerSource, schedule, queue, retry, maxDuration, payloadSchema }) => ({
      ...{ id, filePath, isScheduled: triggerSource === 'schedule', schedule, queue: queue?.name },
      ...{ retry, maxDuration, fields: payloadSchema?.required },
    }))
    const expected = catalogue.map((job) => ({
      id: job.id,
      filePath: 'jobs/trigger/tasks.ts',
      isScheduled: isScheduled(job),
      schedule: isScheduled(job) ? { cron: job.cron, timezone: 'UTC' } : undefined,
      queue: queueOf(job).name,
      retry: {
        maxAttempts: job.retry.maxAttempts,
        factor: 2,
        minTimeoutInMs: job.retry.minDelayMs,
        maxTimeoutInMs: job.retry.maxDelayMs,
        randomize: true,
      },
      maxDuration: job.maxDurationSeconds,
      fields: isScheduled(job) ? undefined : expect.any(Array),
    }))
    expect(found).toEqual(expect.arrayContaining(expected))
    expect(found).toHaveLength(expected.length)
    const limits = new Map(catalogue.map((job) => [queueOf(job).name, queueOf(job).concurrencyLimit]))
    expect(new Map(queues.map(({ name, concurrencyLimit }) => [name, concurrencyLimit]))).toEqual(limits)
    // The index takes any words for a schedule; only the server would refuse them.
    for (const { schedule } of tasks) {
      if (schedule) expect(new Cron(schedule.cron, { mode: '5-part', paused: true }).nextRun()).toBeInstanceOf(Date)
    }
  })
})

describe('the build or the index fails', () => {
  let folder: string
  afterEach(() => rm(folder, { recursive: true, force: true }))

  async function project(files: Record<string, string>): Promise<string> {
    folder = await makeFolder('project')
    const config = { project: 'proj_onlyfortests', runtime: 'node-22', dirs: ['./jobs'], maxDuration: 60 }
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
    await writeFile(join(folder, 'tsconfig.json'), '{}')
    await writeFile(join(folder, 'trigger.config.ts'), `export default ${JSON.stringify(config)}`)
    await mkdir(join(folder, 'jobs'))
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, 'jobs', name), text)
    return folder
  }
  const task = "import { task } from '@trigger.dev/sdk'\nexport const a = task({ id: 'a', run: async () => {} })\n"

  it('on an id that is used twice', async () => {
    await expect(indexJobs(await project({ 'a.ts': task, 'b.ts': task }))).rejects.toThrow(/duplicate/i)
  })

  it('on an import that throws', async () => {
    const failed = indexJobs(await project({ 'a.ts': `${task}throw new Error('no')\n` }))
    await expect(failed).rejects.toMatchObject({ importErrors: [{ message: 'no' }] })
  })
})
