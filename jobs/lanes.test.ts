import { expect, it } from 'vitest'
import { Lanes } from './lanes'

/** Work that is told in the order in which it begins, and ends when it is told to. */
function works() {
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  const work = (name: string) => () => {
    begun.push(name)
    return new Promise<void>((resolve) => ends.set(name, resolve))
  }
  const end = async (name: string) => {
    ends.get(name)?.()
    await Promise.resolve()
    await Promise.resolve()
  }
  return { begun, work, end }
}

it('lanes take turns within the limit of all: a long one keeps no short one waiting', async () => {
  const lanes = new Lanes({ limit: 2 })
  const { begun, work, end } = works()
  for (const name of ['a1', 'a2', 'a3', 'a4']) lanes.add('a', 2, work(name))
  lanes.add('b', 2, work('b1'))
  expect(begun).toEqual(['a1', 'a2'])
  expect(lanes.waiting).toBe(3)
  await end('a1')
  await end('a2')
  expect(begun).toEqual(['a1', 'a2', 'a3', 'b1'])
  await end('b1')
  expect(begun).toEqual(['a1', 'a2', 'a3', 'b1', 'a4'])
})

it('a lane has its own limit, however much room there is in all', async () => {
  const lanes = new Lanes({ limit: 10 })
  const { begun, work, end } = works()
  for (const name of ['a1', 'a2', 'a3']) lanes.add('a', 1, work(name))
  lanes.add('b', 1, work('b1'))
  expect(begun).toEqual(['a1', 'b1'])
  await end('a1')
  expect(begun).toEqual(['a1', 'b1', 'a2'])
})

it('a stop forgets what waits and lasts as long as what runs', async () => {
  const lanes = new Lanes({ limit: 1 })
  const { begun, work, end } = works()
  for (const name of ['a1', 'a2']) lanes.add('a', 1, work(name))
  const stopped = lanes.stop()
  await end('a1')
  await stopped
  expect(begun).toEqual(['a1'])
})
