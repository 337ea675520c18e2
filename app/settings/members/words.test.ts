import { describe, expect, it } from 'vitest'
import { chosenOption } from './words'

describe('the role that is chosen', () => {
  const options = [{ value: 'staff' }, { value: 'role_1' }]

  it('is the one that was chosen', () => {
    expect(chosenOption(options, 'role_1')).toBe(options[1])
  })

  it('is the first, as the browser shows it, once what was chosen is deleted by somebody else', () => {
    expect(chosenOption(options, 'role_2')).toBe(options[0])
    expect(chosenOption([], 'role_2')).toBeUndefined()
  })
})
