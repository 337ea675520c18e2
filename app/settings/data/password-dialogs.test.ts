import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const CALL =
  /const (\{[^}]*\}|\w+) = use(?:Action|Calls|CallAndRefresh|PolicyAction|OneCall|Test|Connect|ChangeState)\(/g

/** Calls of actions in a part of the page whose dialog for the password that part does not show. */
function withoutDialog(code: string): string[] {
  return [...code.matchAll(CALL)]
    .map(([, result = '']) => result)
    .filter((result) => {
      // What is handed on as a whole is another's to show.
      if (/\.\.\.\w+/.test(result) || new RegExp(`passwordDialog \\} = .*\\b${result}\\b`).test(code)) return false
      const dialog = result.startsWith('{')
        ? /(?<![\w.])passwordDialog\}/
        : new RegExp(`\\b${result}\\.passwordDialog\\b`)
      return (result.startsWith('{') && !result.includes('passwordDialog')) || !dialog.test(code)
    })
}

// An action that asks for the password waits for its dialog: where there is none, a press does nothing for ever.
it('every part of a page that calls an action can ask for the password', () => {
  const parts = readdirSync('app', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.tsx'))
  expect(parts.filter((file) => withoutDialog(readFileSync(`app/${file}`, 'utf8')).length > 0)).toEqual([])
  expect(parts.length).toBeGreaterThan(100)
})
