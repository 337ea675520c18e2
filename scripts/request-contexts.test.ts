import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, vi } from 'vitest'
import { eventually } from '@/test/eventually'
import { RequestContexts } from './request-contexts.mjs'

it('keeps the contexts of requests until the last one and what it left behind have ended, and wakes them for the next', async () => {
  const contexts = new RequestContexts(100)
  const storage = new contexts.Storage()
  const disable = vi.spyOn(storage, 'disable')
  const behind: Promise<void>[] = []
  const request = (name: string, lastsMs: number) =>
    contexts.during(() =>
      storage.run(name, async () => {
        await sleep(lastsMs)
        expect(storage.getStore()).toBe(name)
        const left = sleep(10).then(() => expect(storage.getStore()).toBe(name))
        behind.push(left)
      }),
    )

  await Promise.all([request('short', 1), request('long', 300)])
  expect(disable).not.toHaveBeenCalled()
  await Promise.all(behind)
  await eventually(() => expect(disable).toHaveBeenCalledOnce())
  await request('next', 1)
  await Promise.all(behind)
})

it('counts a request that fails as ended', async () => {
  const contexts = new RequestContexts(1)
  const disable = vi.spyOn(new contexts.Storage(), 'disable')
  await expect(contexts.during(() => Promise.reject(new Error('It failed')))).rejects.toThrow('It failed')
  await eventually(() => expect(disable).toHaveBeenCalledOnce())
})
