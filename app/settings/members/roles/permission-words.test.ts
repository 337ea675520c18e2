import { expect, it } from 'vitest'
import { permissions } from '@/lib/accounts/permissions'
import { resources } from './permission-words'

it('every permission is told in words, once', () => {
  const told = resources.flatMap(({ actions }) => actions.map(({ permission }) => permission))
  expect(told.sort()).toEqual([...permissions].sort())
})
