'use client'

import Link from 'next/link'
import { useState } from 'react'
import { Button, buttonVariants } from '@/components/ui/button'
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from '@/components/ui/card'
import { Status } from '@/components/ui/status'
import { toast } from '@/components/ui/toast'
import type { AccountPolicy, SecondFactorCount } from '@/lib/accounts'
import { ConfirmDialog } from '../confirm-dialog'
import { useCalls } from '../data/use-calls'
import { requireSecondFactorAction } from './second-factor-actions'

/** Whether the account asks its people for a second factor. */
export function SecondFactorCard({
  policy: { secondFactorRequired: required },
  count: { people, withFactor, ownerHas },
  viewerHas,
  mayUpdate,
}: {
  policy: Pick<AccountPolicy, 'secondFactorRequired'>
  count: SecondFactorCount
  /** Nobody asks of others what they do not do themselves: the server refuses it. */
  viewerHas: boolean
  mayUpdate: boolean
}) {
  const [asks, setAsks] = useState(false)
  const { run, pending, refusal, clear, passwordDialog } = useCalls()
  const without = people - withFactor

  const mayAsk = viewerHas && ownerHas
  const consequence = required
    ? 'Whoever joins sets one up first.'
    : !viewerHas
      ? 'You have none yet: set up your own before you ask others for one.'
      : !ownerHas
        ? 'The owner of the account has none yet: until they do, nobody can be asked for one.'
        : 'Once it is asked for, whoever has none is led to where it is set up with their next click, and sees nothing else of the account until they have one.'

  async function change() {
    if (!(await run(() => requireSecondFactorAction(!required)))) return
    setAsks(false)
    toast(required ? 'A second factor is no longer asked for' : 'A second factor is asked for from now on')
  }
  return (
    <Card aria-labelledby="second-factor">
      <CardHeader>
        <CardTitle id="second-factor">Second factor</CardTitle>
        <CardDescription>
          People then need an authenticator app or a passkey to see anything of the account. API keys are not concerned.
        </CardDescription>
      </CardHeader>
      <CardContent>
        <div className="flex flex-wrap items-center justify-between gap-3">
          <div className="grid min-w-0 flex-1 basis-72 gap-0.5">
            <Status tone={required ? 'success' : 'ended'}>{required ? 'Asked for' : 'Not asked for'}</Status>
            <p className="text-muted-foreground text-sm">
              {withFactor} of {people} {people === 1 ? 'person has' : 'people have'} one. {consequence}
            </p>
          </div>
          {mayUpdate && !required && !viewerHas ? (
            <Link href="/settings/account#second-factor" className={buttonVariants()}>
              Set up your own
            </Link>
          ) : mayUpdate && (required || mayAsk) ? (
            <Button
              variant={required ? 'danger' : 'secondary'}
              onClick={() => {
                clear()
                setAsks(true)
              }}
            >
              {required ? 'Stop asking for it' : 'Ask for a second factor'}
            </Button>
          ) : null}
        </div>
        <ConfirmDialog
          open={asks}
          title={required ? 'Stop asking for a second factor?' : 'Ask for a second factor?'}
          description={
            required
              ? 'People can then remove theirs, and sign in by their password alone.'
              : without === 0
                ? 'Everybody has one already. Whoever joins sets one up first.'
                : `${without} ${without === 1 ? 'person has' : 'people have'} none: with their next click they are led to where it is set up, and see nothing else of the account until they have.`
          }
          problem={refusal}
          verb={required ? 'Stop asking' : 'Ask for it'}
          pending={pending}
          onConfirm={() => void change()}
          onClose={() => setAsks(false)}
        />
        {passwordDialog}
      </CardContent>
    </Card>
  )
}
