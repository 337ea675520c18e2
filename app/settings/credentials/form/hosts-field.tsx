'use client'

import { X } from 'lucide-react'
import { useRef, useState } from 'react'
import { Button } from '@/components/ui/button'
import { FieldGroup } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { hostText } from '../words'
import type { FormState } from './use-credential-form'

/** The hosts that the secret may be sent to. The test request's is one of them by itself. */
export function HostsField({ state }: { state: FormState }) {
  const { values, set, rules } = state
  const [text, setText] = useState('')
  const input = useRef<HTMLInputElement>(null)
  const url = values.test.url.trim()
  const ofTest = url === '' ? null : (rules?.toOrigin(url) ?? null)
  const others = values.hosts.filter((host) => host !== ofTest)

  /** Takes what was typed into the list, if it is a host. */
  function add(): void {
    const typed = text.trim()
    const host = rules && typed !== '' ? rules.toOrigin(typed) : typed
    if (host === null) {
      state.refuseHost(typed)
      return
    }
    state.refuseHost(null)
    setText('')
    if (host !== '' && !values.hosts.includes(host)) set({ hosts: [...values.hosts, host] })
  }

  return (
    <FieldGroup
      label="Hosts that the secret may be sent to"
      hint="No others, whatever an integration asks for. The host of the test request is always one of them."
      error={state.errorOf('hosts', { within: true })}
    >
      {ofTest || others.length > 0 ? (
        <ul className="flex flex-wrap gap-1.5">
          {ofTest ? (
            <li className="flex min-h-7 min-w-0 flex-wrap items-center gap-x-1.5 rounded border border-border bg-background px-2 py-1 text-xs">
              <span className="min-w-0 font-mono [overflow-wrap:anywhere]">{hostText(ofTest)}</span>
              <span className="text-muted-foreground">from the test request</span>
            </li>
          ) : null}
          {others.map((host) => (
            <li
              key={host}
              className="flex min-h-7 min-w-0 items-center gap-0.5 rounded border border-border bg-background pl-2 text-xs"
            >
              <span className="min-w-0 font-mono [overflow-wrap:anywhere]">{hostText(host)}</span>
              <Button
                variant="ghost"
                size="icon-sm"
                aria-label={`Remove ${hostText(host)}`}
                onClick={() => {
                  set({ hosts: values.hosts.filter((one) => one !== host) })
                  input.current?.focus()
                }}
              >
                <X aria-hidden="true" />
              </Button>
            </li>
          ))}
        </ul>
      ) : null}
      <div className="flex gap-2">
        <Input
          ref={input}
          mono
          aria-label="Another host"
          aria-invalid={state.errorOf('hosts', { within: true }) ? true : undefined}
          data-field="hosts"
          placeholder="api.example.com"
          autoComplete="off"
          inputMode="url"
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value)
            state.refuseHost(null)
          }}
          onBlur={add}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return
            event.preventDefault()
            add()
          }}
        />
        <Button onClick={add}>Add host</Button>
      </div>
    </FieldGroup>
  )
}
