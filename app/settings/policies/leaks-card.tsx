'use client'

import { Button } from '@/components/ui/button'
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from '@/components/ui/card'
import { FieldGroup } from '@/components/ui/field'
import { RadioGroup, RadioGroupItem } from '@/components/ui/radio-group'
import { toast } from '@/components/ui/toast'
import type { AccountPolicy } from '@/lib/accounts'
import { useAction } from '../data/use-action'
import { saveLeakPolicy } from './actions'
import { useChoice } from './use-choice'

/** What becomes of a key whose token is reported as leaked. */
export function LeaksCard({
  leakResponse,
  mayChange,
}: {
  leakResponse: AccountPolicy['leakResponse']
  mayChange: boolean
}) {
  const { chosen, choose, ifChanged, forget } = useChoice(leakResponse)
  const { run, pending, problem, passwordDialog } = useAction(saveLeakPolicy, () => {
    forget()
    toast('Policy saved')
  })
  return (
    <Card aria-labelledby="leaks">
      <CardHeader>
        <CardTitle id="leaks">Leaked tokens</CardTitle>
        <CardDescription>
          When somebody who holds a token reports it as leaked, or GitHub finds one in public.
        </CardDescription>
      </CardHeader>
      <CardContent className="grid gap-4">
        <FieldGroup label="What becomes of its key">
          <RadioGroup value={chosen} onValueChange={(value) => choose(value === 'flag' ? 'flag' : 'revoke')}>
            <RadioGroupItem
              value="revoke"
              disabled={!mayChange}
              label="Revoke the key at once"
              hint="Whoever found it can’t use it any more, nor can your app."
            />
            <RadioGroupItem
              value="flag"
              disabled={!mayChange}
              label="Only tell us"
              hint="The key goes on working until one of you has looked at it."
            />
          </RadioGroup>
        </FieldGroup>
        {problem ? (
          <p role="alert" className="text-destructive text-sm">
            {problem.message}
          </p>
        ) : null}
        {mayChange ? (
          <div>
            <Button pending={pending} onClick={() => ifChanged(() => run({ leak_response: chosen }))}>
              Save
            </Button>
          </div>
        ) : null}
        {passwordDialog}
      </CardContent>
    </Card>
  )
}
