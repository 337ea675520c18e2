'use client'

import { ActionForm } from '@/app/action-form'
import { Checkbox } from '@/components/ui/checkbox'
import type { EventKind } from '@/lib/notifications'
import { savePreferencesAction } from './actions'
import { kindNames } from './words'

/** By which ways to hear of what. */
export function PreferencesForm({
  preferences,
}: {
  preferences: { kind: EventKind; email: boolean; inApp: boolean }[]
}) {
  return (
    <ActionForm action={savePreferencesAction} submit="Save choices">
      {() => (
        <table className="w-full text-sm">
          <thead>
            <tr className="border-border border-b text-left text-muted-foreground">
              <th scope="col" className="py-2 pr-4 font-normal">
                What happens
              </th>
              <th scope="col" className="w-16 py-2 text-center font-normal">
                E-mail
              </th>
              <th scope="col" className="w-16 py-2 text-center font-normal">
                In the app
              </th>
            </tr>
          </thead>
          <tbody>
            {preferences.map(({ kind, email, inApp }) => {
              const { name, hint } = kindNames[kind]
              return (
                <tr key={kind} className="border-border border-b last:border-b-0">
                  <th scope="row" className="py-2.5 pr-4 text-left font-normal">
                    {name}
                    <span className="block text-muted-foreground text-xs">{hint}</span>
                    <input type="hidden" name="kind" value={kind} />
                  </th>
                  <td className="text-center">
                    <Checkbox name={`email:${kind}`} defaultChecked={email} aria-label={`${name}: by e-mail`} />
                  </td>
                  <td className="text-center">
                    <Checkbox name={`app:${kind}`} defaultChecked={inApp} aria-label={`${name}: in the app`} />
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
      )}
    </ActionForm>
  )
}
