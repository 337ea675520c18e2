'use client'

import Link from 'next/link'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { credentialEditHref } from '../paths'
import { type Credential, hostOf, isOnHosts } from '../words'

/** Where the service is called: on one of the hosts that the credential's secret was saved for. */
export function BaseUrlField({
  value,
  credential,
  error,
  onChange,
  onLeave,
}: {
  value: string
  credential: Credential | undefined
  error?: string
  onChange: (baseUrl: string) => void
  onLeave: () => void
}) {
  const isElsewhere = credential !== undefined && !isOnHosts(value.trim(), credential.hosts)
  return (
    <div className="grid gap-2">
      <Field
        label="Base URL"
        required
        error={
          error && isElsewhere ? (
            <>
              {error} Use one of its hosts, or{' '}
              <Link href={credentialEditHref(credential.id)} className="rounded underline underline-offset-2">
                add the host to the credential
              </Link>
              , which asks for its secret again.
            </>
          ) : (
            error
          )
        }
        hint={
          credential
            ? `Every path is joined to it. The secret of “${credential.name}” goes to ${credential.hosts.map(hostOf).join(', ')} only.`
            : 'Every path is joined to it. It is on a host that the credential was saved for.'
        }
      >
        <Input
          mono
          inputMode="url"
          value={value}
          placeholder="https://api.example.com/v1"
          autoComplete="off"
          onChange={(event) => onChange(event.currentTarget.value)}
          onBlur={onLeave}
        />
      </Field>
      {isElsewhere ? (
        <div className="flex flex-wrap gap-1.5">
          {credential.hosts.map((host) => (
            <Button key={host} size="sm" onClick={() => onChange(host)}>
              Use <span className="font-mono">{hostOf(host)}</span>
            </Button>
          ))}
        </div>
      ) : null}
    </div>
  )
}
