'use client'

import { useState, useTransition } from 'react'
import { noAnswer } from '@/app/no-answer'
import { Badge } from '@/components/ui/badge'
import { Banner } from '@/components/ui/banner'
import { Button } from '@/components/ui/button'
import { enterAccountAction } from './actions'
import { LeaveAccount } from './leave-account'

/** The accounts of somebody who is a member of several. */
export function Accounts({
  accounts,
  currentId,
}: {
  accounts: { id: string; name: string; role: string; mayLeave?: boolean }[]
  currentId: string
}) {
  const [error, setError] = useState<string>()
  const [pending, startTransition] = useTransition()

  function enter(id: string) {
    startTransition(async () => {
      const answer = await enterAccountAction(id).catch(noAnswer)
      if (!answer.ok) return setError(answer.message)
      // As a whole: what this page has read belongs to the other account.
      location.assign('/')
    })
  }
  return (
    <div className="grid max-w-xl gap-3">
      {error ? (
        <Banner tone="error" role="alert">
          {error}
        </Banner>
      ) : null}
      <ul className="divide-y divide-border">
        {accounts.map(({ id, name, role, mayLeave }) => (
          <li key={id} className="flex min-h-12 flex-wrap items-center justify-between gap-3 py-2">
            <span className="min-w-0 [overflow-wrap:anywhere]">
              <bdi className="font-medium">{name}</bdi>
              <span className="block text-muted-foreground text-sm">You are {role}.</span>
            </span>
            {id === currentId ? (
              <span className="flex flex-wrap items-center gap-3">
                <Badge>You are here</Badge>
                {mayLeave ? <LeaveAccount name={name} /> : null}
              </span>
            ) : (
              <Button size="sm" pending={pending} aria-label={`Go to ${name}`} onClick={() => enter(id)}>
                Go to it
              </Button>
            )}
          </li>
        ))}
      </ul>
    </div>
  )
}
