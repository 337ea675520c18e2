'use client'

import { ChevronLeft } from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { type ReactNode, useState } from 'react'
import { Banner } from '@/components/ui/banner'
import { Button, buttonVariants } from '@/components/ui/button'
import { Card, CardContent, CardHeader, CardTitle } from '@/components/ui/card'
import { RelativeTime } from '@/components/ui/relative-time'
import type { Preloaded } from '../../data/preloaded'
import { ProblemBanner } from '../../data/problem-banner'
import { EnvironmentBadge } from '../../environment-badge'
import type { CallList } from '../calls'
import type { May } from '../may'
import { editHref, LIST_PATH } from '../paths'
import { useIntegration } from '../queries'
import { ReadFailure } from '../read-failure'
import { useChangeState } from '../use-change-state'
import { useDeleteDialog } from '../use-delete-dialog'
import type { Integration } from '../words'
import { CallsCard } from './calls-card'
import { IntegrationDetails } from './integration-details'
import { TryCard } from './try-card'

/** An integration as a page. */
export function IntegrationView({
  id,
  origin,
  preloaded,
  preloadedCalls,
  request,
  may,
  trouble,
}: {
  id: string
  origin: string
  preloaded: Preloaded<Integration>
  preloadedCalls: Preloaded<CallList> | null
  /** How it is called from an app. */
  request: ReactNode
  may: May
  /** What is wrong with its credential, while it lasts. */
  trouble: ReactNode
}) {
  const router = useRouter()
  const { data = preloaded.answer, error, isError, isFetching, refetch } = useIntegration(id, preloaded)
  const { change, pending, problem, passwordDialog } = useChangeState()
  const [isDeleted, setDeleted] = useState(false)
  const { open, dialog } = useDeleteDialog(() => {
    setDeleted(true)
    router.push(LIST_PATH)
  })
  const isPaused = data.state === 'paused'

  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      <header className="grid gap-2 pb-2">
        <Link
          href={LIST_PATH}
          className="-ml-1 inline-flex w-fit items-center gap-0.5 rounded pr-1 text-muted-foreground text-sm hover:text-foreground"
        >
          <ChevronLeft className="size-4" aria-hidden="true" />
          Integrations
        </Link>
        <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
          <div className="flex min-w-0 flex-1 basis-72 flex-wrap items-center gap-x-2.5 gap-y-1">
            <h1 className="min-w-0 font-semibold text-xl tracking-tight [overflow-wrap:anywhere]">
              <bdi>{data.name}</bdi>
            </h1>
            <EnvironmentBadge environment={data.environment} />
          </div>
          <div className="flex flex-wrap gap-2">
            {may.update ? (
              <>
                <Button pending={pending} onClick={() => change(data)}>
                  {isPaused ? 'Resume' : 'Pause'}
                </Button>
                <Link href={editHref(id)} className={buttonVariants()}>
                  Edit
                </Link>
              </>
            ) : null}
            {may.delete ? (
              <Button variant="danger" aria-haspopup="dialog" onClick={() => open(data)}>
                Delete integration
              </Button>
            ) : null}
          </div>
        </div>
      </header>
      <ProblemBanner problem={problem} />
      {isError && !isDeleted ? (
        <ReadFailure what="The integration" error={error} stale retrying={isFetching} onRetry={() => void refetch()} />
      ) : null}
      {trouble}
      <Notice integration={data} mayUpdate={may.update} />
      <Card aria-label="Details">
        <CardHeader>
          <CardTitle>Details</CardTitle>
        </CardHeader>
        <CardContent>
          <IntegrationDetails origin={origin} integration={data} />
        </CardContent>
      </Card>
      {request}
      {may.use ? <TryCard integration={data} /> : null}
      <CallsCard id={id} preloaded={preloadedCalls} />
      {dialog}
      {passwordDialog}
    </div>
  )
}

/** Why calls are refused, when they are; or that they fail. */
function Notice({ integration, mayUpdate }: { integration: Integration; mayUpdate: boolean }) {
  if (!integration.credential) {
    return (
      <Banner
        tone="warning"
        title="Every call is refused: there is no credential"
        action={
          mayUpdate ? (
            <Link href={editHref(integration.id)} className={buttonVariants({ size: 'sm' })}>
              Choose a credential
            </Link>
          ) : undefined
        }
      >
        The one that it used was deleted.
      </Banner>
    )
  }
  if (integration.state === 'paused') {
    return <Banner title="This integration is paused">Every call through it is refused until it is resumed.</Banner>
  }
  if (integration.failing_since) {
    return (
      <Banner tone="error" title="Every call through this integration fails">
        The first of them failed <RelativeTime value={integration.failing_since} />. Below, each call tells how it
        ended.
      </Banner>
    )
  }
  return null
}
