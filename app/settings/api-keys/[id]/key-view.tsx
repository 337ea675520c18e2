'use client'

import { ChevronLeft } from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { lazy, type ReactNode, Suspense, useEffect, useMemo, useRef } from 'react'
import { Banner } from '@/components/ui/banner'
import { Button, buttonVariants } from '@/components/ui/button'
import { Card, CardContent, CardHeader, CardTitle } from '@/components/ui/card'
import type { Preloaded } from '../../data/preloaded'
import { useRecoveredFocus } from '../../data/use-recovered-focus'
import { canPause, canRename, useKeyDialogs } from '../key-menu'
import { LIST_PATH } from '../list-state'
import { ListFailure } from '../list-states'
import { keyHref } from '../paths'
import { useKey, useKeysChanged, useKeyUse } from '../queries'
import type { ApiKey } from '../words'
import { KeyDetails } from './key-details'
import { KeyTitle } from './key-title'
import { LimitsCard } from './limits-card'
import { KeyReach } from './reach'
import { Rehearsal } from './rehearsal'
import { usageDays } from './usage'
import { UsageChart } from './usage-chart'
import { refusedByDay } from './use'
import { KeyUseDetails } from './use-card'

// Few keys are in the middle of an overlap.
const OverlapCard = lazy(() => import('./overlap-card'))

/** A key as a page. `neighbour` is the other key of an overlap that is going on. */
export function KeyView({
  id,
  preloaded,
  neighbour,
  mayManage,
  maySeeCredentials,
  startRenaming,
  leaks,
  history,
}: {
  id: string
  preloaded: Preloaded<ApiKey>
  neighbour: Preloaded<ApiKey> | null
  mayManage: boolean
  maySeeCredentials: boolean
  startRenaming: boolean
  /** Where its token was seen that does not belong there. */
  leaks: ReactNode
  history: ReactNode
}) {
  const router = useRouter()
  const title = useRef<HTMLDivElement>(null)
  const expectLostFocus = useRecoveredFocus(title)
  const keysChanged = useKeysChanged()
  const { data = preloaded.answer, dataUpdatedAt, error, isError, isFetching, refetch } = useKey(id, preloaded)
  const days = useMemo(() => usageDays(data.usage_30d.days, new Date(dataUpdatedAt)), [data, dataUpdatedAt])
  const { data: use, isError: useFailed, refetch: refetchUse } = useKeyUse(id, days[0]?.day ?? '')
  const refused = useMemo(() => (use ? refusedByDay(use) : null), [use])
  // What the API does not tell, such as the history, is the server's to render anew.
  const changed = () => {
    expectLostFocus()
    keysChanged()
    router.refresh()
  }
  const { open, dialog } = useKeyDialogs({
    onRevoked: () => {
      router.refresh()
      expectLostFocus()
    },
    onChanged: () => router.refresh(),
    onRegenerated: (newId) => router.push(keyHref(newId)),
  })
  const shownStatus = preloaded.answer.status
  useEffect(() => {
    // Somebody else ended it, or its time did: the history and an overlap are the server's to tell.
    if (data.status !== shownStatus) router.refresh()
  }, [data.status, shownStatus, router])
  const mayRegenerate = mayManage && data.status === 'active'

  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      <header className="grid gap-2 pb-2">
        <Link
          href={LIST_PATH}
          className="-ml-1 inline-flex w-fit items-center gap-0.5 rounded pr-1 text-muted-foreground text-sm hover:text-foreground"
        >
          <ChevronLeft className="size-4" aria-hidden="true" />
          API Keys
        </Link>
        <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
          <div ref={title} tabIndex={-1} className="min-w-0 flex-1 basis-72 outline-none">
            <KeyTitle
              apiKey={data}
              mayRename={mayManage && canRename(data)}
              startRenaming={startRenaming}
              onRenamed={changed}
            />
          </div>
          {mayManage && data.status !== 'revoked' ? (
            <div className="flex flex-wrap gap-2">
              {mayRegenerate ? (
                <Button aria-haspopup="dialog" onClick={() => open({ kind: 'regenerate', apiKey: data })}>
                  Regenerate key
                </Button>
              ) : null}
              {canPause(data.status) ? (
                <Button aria-haspopup="dialog" onClick={() => open({ kind: 'pause', apiKey: data })}>
                  {data.status === 'paused' ? 'Resume key' : 'Pause key'}
                </Button>
              ) : null}
              <Button variant="danger" aria-haspopup="dialog" onClick={() => open({ kind: 'revoke', apiKey: data })}>
                Revoke key
              </Button>
            </div>
          ) : null}
        </div>
      </header>
      {isError ? <ListFailure error={error} stale retrying={isFetching} onRetry={() => void refetch()} /> : null}
      {leaks}
      {data.status === 'retired' && data.replaced_by_id ? <RetiredNotice newId={data.replaced_by_id} /> : null}
      {neighbour ? <Overlap apiKey={data} neighbour={neighbour} mayManage={mayManage} onChanged={changed} /> : null}
      <Section title="Usage">
        <UsageChart days={days} refused={refused} />
        {use ? (
          <KeyUseDetails
            apiKey={data}
            use={use}
            mayNarrow={mayManage && canPause(data.status)}
            onChanged={() => router.refresh()}
          />
        ) : useFailed ? (
          <p role="alert" className="flex flex-wrap items-center gap-3 text-sm">
            What it asked for, and from where, could not be read.
            <Button size="sm" onClick={() => void refetchUse()}>
              Retry
            </Button>
          </p>
        ) : null}
      </Section>
      <Rehearsal
        apiKey={data}
        mayManage={mayManage}
        onRevoke={() => open({ kind: 'revoke', apiKey: data })}
        onChanged={() => {
          keysChanged()
          router.refresh()
        }}
      />
      <Section title="What this key reached">
        <KeyReach id={id} maySeeCredentials={maySeeCredentials} />
      </Section>
      <LimitsCard
        apiKey={data}
        onEdit={mayManage && canPause(data.status) ? () => open({ kind: 'limits', apiKey: data }) : undefined}
      />
      <Section title="Details">
        <KeyDetails apiKey={data} />
      </Section>
      <Section title="History">{history}</Section>
      {dialog}
    </div>
  )
}

function Overlap({
  apiKey,
  neighbour,
  mayManage,
  onChanged,
}: {
  apiKey: ApiKey
  neighbour: Preloaded<ApiKey>
  mayManage: boolean
  onChanged: () => void
}) {
  const { data: other = neighbour.answer } = useKey(neighbour.answer.id, neighbour)
  const isOld = apiKey.replaced_by_id === other.id
  const [oldKey, newKey] = isOld ? [apiKey, other] : [other, apiKey]
  if (oldKey.status !== 'retiring') return null
  return (
    <Suspense>
      <OverlapCard
        oldKey={oldKey}
        newKey={newKey}
        shown={isOld ? 'old' : 'new'}
        mayManage={mayManage}
        onChanged={onChanged}
      />
    </Suspense>
  )
}

function RetiredNotice({ newId }: { newId: string }) {
  return (
    <Banner
      title="This token no longer works"
      action={
        <Link href={keyHref(newId)} className={buttonVariants({ size: 'sm' })}>
          Open the key in its place
        </Link>
      }
    >
      The key was regenerated, and its overlap is over.
    </Banner>
  )
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Card aria-label={title}>
      <CardHeader>
        <CardTitle>{title}</CardTitle>
      </CardHeader>
      <CardContent>{children}</CardContent>
    </Card>
  )
}
