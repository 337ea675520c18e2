'use client'

import { ChevronLeft, KeyRound } from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { lazy, type ReactNode, Suspense } from 'react'
import { Banner } from '@/components/ui/banner'
import { Button, buttonVariants } from '@/components/ui/button'
import { Card, CardContent, CardHeader, CardTitle } from '@/components/ui/card'
import { Monogram } from '@/components/ui/monogram'
import { RelativeTime } from '@/components/ui/relative-time'
import type { ConsentView } from '@/lib/credentials'
import type { Preloaded } from '../../data/preloaded'
import { EnvironmentBadge } from '../../environment-badge'
import { type Allowed, useCredentialDialogs } from '../credential-menu'
import { LIST_PATH } from '../list-state'
import { ReadFailure } from '../list-states'
import { editHref, integrationHref, newIntegrationHref } from '../paths'
import { useCredential } from '../queries'
import { type Credential, expiryOf, type ProviderMark, typeNames } from '../words'
import { CredentialDetails, SecretTimes } from './credential-details'
import { TestCard } from './test-card'

// Only of those that are connected by consent.
const ConnectionCard = lazy(() => import('./connection-card'))
// Only of those that have tokens.
const RenewalCard = lazy(async () => ({ default: (await import('./renewal-card')).RenewalCard }))

/** A credential as a page: all that is known of it, but never its secret. */
export function CredentialView({
  id,
  preloaded,
  mark,
  may,
  cameBack,
  trouble,
}: {
  id: string
  preloaded: Preloaded<Credential>
  mark: ProviderMark | null
  may: Allowed
  /** How the consent ended that the page comes back from. */
  cameBack: ConsentView | null
  /** What people were told of it, while it lasts. */
  trouble: ReactNode
}) {
  const router = useRouter()
  const { data = preloaded.answer, error, isError, isFetching, refetch } = useCredential(id, preloaded)
  const { open, dialog } = useCredentialDialogs({ may, onDeleted: () => router.push(LIST_PATH) })
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      <header className="grid gap-2 pb-2">
        <Link
          href={LIST_PATH}
          className="-ml-1 inline-flex w-fit items-center gap-0.5 rounded pr-1 text-muted-foreground text-sm hover:text-foreground"
        >
          <ChevronLeft className="size-4" aria-hidden="true" />
          Credentials
        </Link>
        <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
          <div className="flex min-w-0 flex-1 basis-72 items-center gap-3">
            <Monogram size="lg">{mark ? mark.monogram : <KeyRound />}</Monogram>
            <div className="min-w-0">
              <h1 className="font-semibold text-xl tracking-tight [overflow-wrap:anywhere]">
                <bdi>{data.name}</bdi>
              </h1>
              <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-muted-foreground text-sm">
                {[mark?.name, typeNames[data.type]].filter(Boolean).join(' · ')}
                <EnvironmentBadge environment={data.environment} />
              </p>
            </div>
          </div>
          {may.update || may.delete ? (
            <div className="flex flex-wrap gap-2">
              {may.update ? (
                <Link href={editHref(id)} className={buttonVariants()}>
                  Edit
                </Link>
              ) : null}
              {may.delete ? (
                <Button
                  variant="danger"
                  aria-haspopup="dialog"
                  onClick={() => open({ kind: 'delete', credential: data })}
                >
                  Delete credential
                </Button>
              ) : null}
            </div>
          ) : null}
        </div>
      </header>
      {isError ? <ReadFailure error={error} stale retrying={isFetching} onRetry={() => void refetch()} /> : null}
      {trouble}
      <Warnings credential={data} />
      {data.grant === 'authorization_code' ? (
        <Suspense>
          <ConnectionCard credential={data} may={may} cameBack={cameBack} />
        </Suspense>
      ) : null}
      <TestCard credential={data} may={may} />
      {data.tokens && (data.grant !== 'authorization_code' || data.connection) ? (
        <Suspense>
          <RenewalCard credential={data} tokens={data.tokens} may={may} />
        </Suspense>
      ) : null}
      <Section title="Details">
        <CredentialDetails credential={data} mark={mark} />
      </Section>
      <Section title="Secrets">
        <SecretTimes credential={data} />
      </Section>
      <Section title="Used by">
        <UsedBy credential={data} mayIntegrate={may.integrate} />
      </Section>
      {dialog}
    </div>
  )
}

function Warnings({ credential }: { credential: Credential }) {
  const { expires_at, tokens } = credential
  const expiry = expiryOf(credential, new Date())
  return (
    <>
      {tokens?.refused_error ? (
        <Banner tone="error" title="The service has refused to renew this credential">
          It answered <code className="font-mono">{tokens.refused_error}</code>.{' '}
          {tokens.expires_at && Date.parse(tokens.expires_at) > Date.now() ? (
            <>
              Calls through its integrations will fail <RelativeTime value={tokens.expires_at} />, when the access token
              ends, until the service is connected anew:{' '}
            </>
          ) : (
            <>Calls through its integrations fail until the service is connected anew: </>
          )}
          {credential.grant === 'authorization_code'
            ? 're-authorize it below.'
            : 'edit the credential and replace the refresh token.'}
        </Banner>
      ) : null}
      {expiry && expires_at ? (
        <Banner
          tone={expiry === 'expired' ? 'error' : 'warning'}
          title={
            <>
              The secret {expiry === 'expired' ? 'has ended' : 'ends'} <RelativeTime value={expires_at} />
            </>
          }
        >
          Get a new one from the service, then edit the credential and replace it.
        </Banner>
      ) : null}
    </>
  )
}

function UsedBy({ credential: { id, integrations }, mayIntegrate }: { credential: Credential; mayIntegrate: boolean }) {
  if (integrations.length === 0) {
    return (
      <div className="grid justify-items-start gap-3">
        <p className="text-muted-foreground text-sm">
          No integration uses this credential. Apps call the service through an integration, and never see the secret.
        </p>
        {mayIntegrate ? (
          <Link href={newIntegrationHref(id)} prefetch={false} className={buttonVariants({ size: 'sm' })}>
            Add integration
          </Link>
        ) : null}
      </div>
    )
  }
  return (
    <ul className="grid gap-2 text-sm">
      {integrations.map(({ id, name, slug }) => (
        <li key={id} className="flex flex-wrap items-baseline gap-x-2 [overflow-wrap:anywhere]">
          <Link href={integrationHref(id)} prefetch={false} className="rounded font-medium hover:underline">
            <bdi>{name}</bdi>
          </Link>
          <code className="font-mono text-muted-foreground text-xs">{slug}</code>
        </li>
      ))}
    </ul>
  )
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Card>
      <CardHeader>
        <CardTitle>{title}</CardTitle>
      </CardHeader>
      <CardContent>{children}</CardContent>
    </Card>
  )
}
