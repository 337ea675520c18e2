'use client'

import { useEffect, useRef, useState } from 'react'
import { Banner } from '@/components/ui/banner'
import { Button } from '@/components/ui/button'
import { CodeBlock } from '@/components/ui/code-block'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Select } from '@/components/ui/select'
import { Status } from '@/components/ui/status'
import { Textarea } from '@/components/ui/textarea'
import type { Tried } from '@/lib/integrations'
import { ProblemBanner } from '../../data/problem-banner'
import { useAction } from '../../data/use-action'
import { useFocusOnFirstError } from '../../data/use-focus-on-first-error'
import { useOpenProblem } from '../../data/use-open-problem'
import { tryCall } from '../actions'
import { callLook } from '../calls'
import type { Header, Row } from '../form/form-values'
import { HeaderRows } from '../form/header-rows'
import { errorOf } from '../form-words'
import { useIntegrationsChanged } from '../queries'
import { type Integration, latencyText } from '../words'
import { exampleCall } from './example-call'

const LOST =
  'No answer came from the server, so it is not known whether the service got the call. Look at the last calls below before you send it again.'

/** Notes of calls are written behind them. */
const NOTED_AFTER_MS = 6_000

/** A call as it is typed, and what came of the last one. */
export default function TryForm({ integration }: { integration: Integration }) {
  const example = exampleCall(integration)
  const [method, setMethod] = useState(example.method)
  const [path, setPath] = useState(`/${example.path}`)
  const [headers, setHeaders] = useState<readonly Row<Header>[]>([])
  const [body, setBody] = useState('')
  const [tried, setTried] = useState<Tried | null>(null)
  const form = useRef<HTMLFormElement>(null)
  const noted = useNoted()
  const {
    run,
    pending,
    problem: refusal,
    passwordDialog,
  } = useAction(
    tryCall,
    (result) => {
      setTried(result)
      noted()
    },
    LOST,
  )
  useFocusOnFirstError(form, refusal)
  const { problem, errors } = useOpenProblem(refusal, { method, path, headers, body })
  // The button that opened this is gone.
  useEffect(() => form.current?.querySelector('select')?.focus(), [])
  const sendsBody = method !== 'GET' && method !== 'HEAD'

  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-5">
      <form
        ref={form}
        noValidate
        className="grid grid-cols-[minmax(0,1fr)] gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          setTried(null)
          run(integration.id, {
            method,
            path,
            headers: headers.map(({ value }) => value).filter(({ name, value }) => name.trim() || value.trim()),
            body: sendsBody ? body : '',
          })
        }}
      >
        <ProblemBanner problem={problem} />
        <div className="grid gap-3 sm:grid-cols-[9rem_minmax(0,1fr)]">
          <Field label="Method" error={errors.method}>
            <Select value={method} onChange={(event) => setMethod(event.currentTarget.value)}>
              {integration.methods.map((one) => (
                <option key={one}>{one}</option>
              ))}
            </Select>
          </Field>
          <Field label="Path" error={errors.path} hint={`Below ${integration.base_url}; a query may follow.`}>
            <Input
              mono
              autoComplete="off"
              value={path}
              placeholder="/orders?limit=1"
              onChange={(event) => setPath(event.currentTarget.value)}
            />
          </Field>
        </div>
        <HeaderRows
          label="Headers"
          headers={headers}
          errors={errors}
          placeholder={{ name: 'Accept', value: 'application/json' }}
          onChange={setHeaders}
        />
        {sendsBody ? (
          <Field label="Body" optional error={errorOf(errors, 'body')}>
            <Textarea value={body} onChange={(event) => setBody(event.currentTarget.value)} placeholder="{ }" />
          </Field>
        ) : null}
        <Button type="submit" variant="primary" className="w-fit" pending={pending}>
          Send {method} call
        </Button>
      </form>
      <div aria-live="polite" className="grid grid-cols-[minmax(0,1fr)] gap-3 empty:hidden">
        {pending ? <p className="animate-late text-muted-foreground text-sm">Waiting for the service…</p> : null}
        {tried ? <Result tried={tried} /> : null}
      </div>
      {passwordDialog}
    </div>
  )
}

function Result({ tried }: { tried: Tried }) {
  if (tried.kind === 'problem') {
    return (
      <Banner tone="error" title={`The service did not answer: ${tried.code}`}>
        <p>{tried.detail}</p>
        <RequestId id={tried.requestId} />
      </Banner>
    )
  }
  const { tone, word } = callLook({ outcome: 'answered', status: tried.status })
  return (
    <>
      <p className="flex flex-wrap items-center gap-x-4 gap-y-1 text-sm">
        <Status tone={tone}>{word}</Status>
        <span className="text-muted-foreground">in {latencyText(tried.latencyMs)}</span>
      </p>
      <CodeBlock
        label="Headers of the answer"
        code={tried.headers.map(({ name, value }) => `${name}: ${value}`).join('\n')}
      />
      {tried.body === null ? (
        <p className="text-sm">The body is not text, or compressed, and is not shown.</p>
      ) : tried.body === '' ? (
        <p className="text-sm">{tried.truncated ? 'The body broke off.' : 'The body is empty.'}</p>
      ) : (
        <CodeBlock label="Body of the answer" code={tried.body} className="[&_pre]:max-h-96 [&_pre]:overflow-y-auto" />
      )}
      {tried.truncated && tried.body ? (
        <p className="text-sm">The body is longer, or took too long: this is its beginning.</p>
      ) : null}
      <p className="text-muted-foreground text-xs">
        <RequestId id={tried.requestId} />
      </p>
    </>
  )
}

function RequestId({ id }: { id: string }) {
  return (
    <>
      Request id: <code className="font-mono">{id}</code>
    </>
  )
}

/** Has the calls below read again once the one that was just made is noted. */
function useNoted(): () => void {
  const changed = useIntegrationsChanged()
  const timer = useRef<number>(undefined)
  useEffect(() => () => window.clearTimeout(timer.current), [])
  return () => {
    window.clearTimeout(timer.current)
    timer.current = window.setTimeout(changed, NOTED_AFTER_MS)
  }
}
