'use client'

import { lazy, Suspense, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from '@/components/ui/card'
import { Skeleton } from '@/components/ui/skeleton'
import { hostOf, type Integration } from '../words'

const load = () => import('./try-form')
const TryForm = lazy(load)

/** Sends a call from the page, as an app would; its form is there when it is asked for. */
export function TryCard({ integration }: { integration: Integration }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <Card aria-label="Try it">
      <CardHeader>
        <CardTitle>Try it</CardTitle>
        <CardDescription>
          Sends a real call to {hostOf(integration.base_url)} with the credential’s secret: what it changes there, it
          changes.
        </CardDescription>
      </CardHeader>
      <CardContent>
        {isOpen ? (
          <Suspense fallback={<Skeleton className="h-72 w-full" />}>
            <TryForm integration={integration} />
          </Suspense>
        ) : (
          <Button onPointerEnter={() => void load()} onFocus={() => void load()} onClick={() => setOpen(true)}>
            Try a call
          </Button>
        )}
      </CardContent>
    </Card>
  )
}
