'use client'

import Link from 'next/link'
import { lazy, type ReactNode, Suspense, useState } from 'react'
import { Banner } from '@/components/ui/banner'
import { Button, buttonVariants } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Select } from '@/components/ui/select'
import type { Environment } from '@/lib/api-keys'
import type { Preloaded } from '../../data/preloaded'
import { credentialsPath, newCredentialHref } from '../paths'
import { useCredentialList } from '../queries'
import { type Credential, type CredentialList, typeNames } from '../words'

/** From so many credentials on, they can be searched. */
const MANY = 10

// Most accounts have few: their pages need not load it.
const CredentialSearch = lazy(() => import('./credential-search'))

/** Which credential goes with the calls: a select, and where there are many a search that narrows it. */
export function CredentialField({
  environment,
  value,
  chosen,
  error,
  preloaded,
  onChange,
  onLeave,
}: {
  /** Only credentials of the integration's own. */
  environment: Environment
  value: string
  /** The credential of that id, once it is read. */
  chosen: Pick<Credential, 'id' | 'name' | 'type'> | undefined
  error?: ReactNode
  preloaded: Preloaded<CredentialList> | null
  onChange: (id: string, credential: Credential | undefined) => void
  onLeave: () => void
}) {
  const [search, setSearch] = useState('')
  const all = useCredentialList(credentialsPath(environment), preloaded)
  const found = useCredentialList(credentialsPath(environment, search), preloaded)
  // Those of the environment before stay until the others have come.
  const offered = (found.data?.data ?? []).filter((one) => one.environment === environment)
  const total = all.data?.total ?? 0
  if (all.data?.total === 0 && !value) return <NoCredential environment={environment} isMissed={Boolean(error)} />
  return (
    <div className="grid gap-2">
      <Field
        label="Credential"
        required
        error={error}
        hint={
          <>
            Its secret goes with each call. Apps never see it.{' '}
            <Link href={newCredentialHref(environment)} className="rounded underline underline-offset-2">
              Add a credential
            </Link>
          </>
        }
      >
        <Select
          value={value}
          onChange={(event) => {
            const id = event.currentTarget.value
            onChange(
              id,
              offered.find((one) => one.id === id),
            )
          }}
          onBlur={onLeave}
        >
          <option value="" disabled>
            {all.data ? 'Choose a credential' : 'Loading…'}
          </option>
          {value && !offered.some(({ id }) => id === value) ? (
            <option value={value}>{chosen ? optionText(chosen) : 'Loading…'}</option>
          ) : null}
          {offered.map((credential) => (
            <option key={credential.id} value={credential.id}>
              {optionText(credential)}
            </option>
          ))}
        </Select>
      </Field>
      {total > MANY ? (
        <Suspense>
          <CredentialSearch
            found={found.data && !found.isPlaceholderData ? found.data.total : null}
            search={search}
            onSearch={setSearch}
          />
        </Suspense>
      ) : null}
      {all.isError || found.isError ? (
        <Banner
          tone="error"
          role="alert"
          action={
            <Button size="sm" pending={found.isFetching} onClick={() => void (all.isError ? all : found).refetch()}>
              Retry
            </Button>
          }
        >
          The credentials could not be read. What you typed is still here.
        </Banner>
      ) : null}
    </div>
  )
}

/** @param isMissed the form was sent off without one */
function NoCredential({ environment, isMissed }: { environment: Environment; isMissed: boolean }) {
  return (
    <Banner
      tone={isMissed ? 'error' : 'warning'}
      role={isMissed ? 'alert' : undefined}
      title={`There is no ${environment} credential yet`}
      action={
        <Link href={newCredentialHref(environment)} className={buttonVariants({ size: 'sm' })}>
          Add a credential
        </Link>
      }
    >
      A {environment} integration uses a {environment} credential of a service. Add that one first, then come back here.
    </Banner>
  )
}

function optionText({ name, type }: Pick<Credential, 'name' | 'type'>): string {
  return `${name} (${typeNames[type]})`
}
