'use client'

import Link from 'next/link'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { Banner } from '@/components/ui/banner'
import { Button, buttonVariants } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { SearchInput } from '@/components/ui/search-input'
import { Select } from '@/components/ui/select'
import type { Environment } from '@/lib/api-keys'
import { safeSearch } from '../../api-keys/token-search'
import { counted, countText } from '../../api-keys/words'
import type { Preloaded } from '../../data/preloaded'
import { CREDENTIALS_OFFERED, credentialsPath, newCredentialHref } from '../paths'
import { useCredentialList } from '../queries'
import { type Credential, type CredentialList, typeNames } from '../words'

/** From so many credentials on, they can be searched. */
const MANY = 10
const SEARCH_DELAY_MS = 250

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
      {total > MANY ? <CredentialSearch onSearch={setSearch} /> : null}
      {total > MANY ? (
        <p aria-live="polite" className="text-muted-foreground text-xs">
          {found.data && !found.isPlaceholderData ? offerText(found.data.total, search) : null}
        </p>
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

function CredentialSearch({ onSearch }: { onSearch: (search: string) => void }) {
  const [text, setText] = useState('')
  const timer = useRef<number>(undefined)
  useEffect(() => () => window.clearTimeout(timer.current), [])
  function type(typed: string) {
    // A secret that is pasted here by mistake goes into no address.
    const safe = safeSearch(typed).hidToken ? '' : typed
    setText(safe)
    window.clearTimeout(timer.current)
    timer.current = window.setTimeout(() => onSearch(safe), SEARCH_DELAY_MS)
  }
  return (
    <SearchInput
      aria-label="Search credentials"
      placeholder="Search credentials by name, host or provider"
      autoComplete="off"
      spellCheck={false}
      maxLength={100}
      value={text}
      onChange={(event) => type(event.currentTarget.value)}
      onKeyDown={(event) => {
        // It only narrows the choice: the form is not done.
        if (event.key === 'Enter') event.preventDefault()
        if (event.key === 'Escape') type('')
      }}
    />
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

function offerText(total: number, search: string): string {
  if (total === 0) return `No credential matches “${search}”.`
  if (total > CREDENTIALS_OFFERED) {
    return `The first ${CREDENTIALS_OFFERED} of ${countText(total)} are offered: search for the others.`
  }
  return search ? `${counted(total, 'credential')} ${total === 1 ? 'matches' : 'match'}.` : ''
}
