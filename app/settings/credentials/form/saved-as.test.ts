import { expect, it } from 'vitest'
import { savedAs } from './saved-as'

const fresh = { tested: null, wasTested: false, stays: undefined }

it.each([
  [fresh, 'Not tested yet: saved as “Not tested”'],
  [{ ...fresh, wasTested: true }, 'Changed since its test: saved as “Not tested”'],
  [{ ...fresh, tested: 'good' as const }, 'Tested: saved as “Good”'],
  [{ ...fresh, tested: 'refused' as const, stays: 'good' as const }, 'Tested: saved as “Refused”'],
  [{ ...fresh, stays: 'unproven' as const }, 'The last test still counts: “Not proven”'],
  [{ ...fresh, stays: null }, 'Not tested yet: stays “Not tested”'],
])('%j is “%s”', (known, words) => {
  expect(savedAs(known)).toBe(words)
})
