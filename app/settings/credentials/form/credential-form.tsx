'use client'

import Link from 'next/link'
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { Banner } from '@/components/ui/banner'
import { Button, buttonVariants } from '@/components/ui/button'
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from '@/components/ui/card'
import type { Environment } from '@/lib/api-keys'
import type { ConsentView } from '@/lib/credentials'
import type { ActionProblem, ActionResult } from '../../data/action-result'
import { ProblemBanner } from '../../data/problem-banner'
import { useAction } from '../../data/use-action'
import { useWarningBeforeLeaving } from '../../data/use-warning-before-leaving'
import { STAYS } from '../../environment-field'
import { type Begun, useConnect } from '../connect/use-connect'
import type { TestSubject } from '../testing/events'
import { TestProgress } from '../testing/test-progress'
import { useTest } from '../testing/use-test'
import { type Connection, type ProviderMark, type TestResult, typeNames } from '../words'
import { ConnectionField } from './connection-field'
import { HostsField } from './hosts-field'
import { type FormProvider, refilled, templateFor, type Variables, withVariablesOf } from './initial'
import type { FormInput, FormValues } from './input'
import type { Stored } from './rules'
import { savedAs } from './saved-as'
import { ServiceFields } from './service-fields'
import { TestRequestField } from './test-request-field'
import { TypeFields } from './type-fields'
import { useCredentialForm } from './use-credential-form'
import { useFocusOnRefusal } from './use-focus-on-refusal'

/** What a form begins with. */
export interface FormStart {
  values: FormValues
  /** What is stored already, by a credential or by a draft. */
  stored: Stored | null
  /** Keeps the tokens that an earlier test of this form got. */
  draftId: string | null
  /** What a test has found of the form as it begins; undefined: it is a new one. */
  lastResult: TestResult | null | undefined
  /** Of authorization in the browser: whose tokens it begins with. */
  connection: Connection | null
}

/** What a save takes besides the form: what its test has left. */
interface Leftovers {
  draft_id: string | null
  receipt: string | null
}

/** The form for a credential, new or stored: Test, which shows its stages as they happen, and Save. */
export default function CredentialForm({
  start,
  mark,
  provider,
  isNew,
  mayChooseType,
  mayChooseProvider,
  saveLabel,
  cancelHref,
  save,
  subjectOf,
  redirectUri,
  connectedBefore,
  cameBack,
  connect: begin,
  onSaved,
  onDraft,
}: {
  start: FormStart
  mark: ProviderMark | null
  /** The templates to choose from. */
  provider: FormProvider | null
  isNew: boolean
  mayChooseType: boolean
  mayChooseProvider: boolean
  saveLabel: string
  cancelHref: string
  save: (input: FormInput & Leftovers) => Promise<ActionResult<string>>
  /** What a test of the form asks for. */
  subjectOf: (input: FormInput & Leftovers) => TestSubject
  /** Where providers send a browser back to. */
  redirectUri: string
  /** Of an edit: whose tokens the credential has until the form is saved. */
  connectedBefore: Connection | null
  /** How the consent ended that the page comes back from. */
  cameBack: ConsentView | null
  /** Begins to connect the form as it is. */
  connect: (input: FormInput & Leftovers, display: 'popup' | 'page') => Promise<ActionResult<Begun>>
  /** Told the credential's id. */
  onSaved: (id: string, input: FormInput) => void
  /** A test has made a draft, by which the form can be gone on with after the page was closed. */
  onDraft: (id: string) => void
}) {
  const [template, setTemplate] = useState(() => templateFor(provider, 0, start.values.environment))
  const shown = withVariablesOf(provider, template)
  const form = useCredentialForm({ initial: start.values, stored: start.stored, provider: shown })
  const { state, input, tested } = form
  const [draftId, setDraftId] = useState(start.draftId)
  const [lastTest, setLastTest] = useState<{ tested: string; receipt: string | null; result: TestResult } | null>(null)
  const [testedAs, setTestedAs] = useState('')
  const [problem, setProblem] = useState<ActionProblem | null>(null)
  const [isSaved, setSaved] = useState(false)
  const { test, start: startTest, cancel, passwordDialog } = useTest()
  const element = useRef<HTMLFormElement>(null)
  const progress = useRef<HTMLElement>(null)
  const focusOnFirstError = useFocusOnRefusal(element)
  const saving = useAction(save, (id) => {
    setSaved(true)
    onSaved(id, input)
  })
  const isTesting = test?.phase === 'running'
  const begun = useRef(tested)
  const [connection, setConnection] = useState(start.connection)
  const connectedAs = useRef(input)
  const [isLeaving, setLeaving] = useState(false)
  const connect = useConnect({
    begin: (display) => begin({ ...input, draft_id: draftId, receipt: null }, display),
    beforeLeaving: () => flushSync(() => setLeaving(true)),
    onBegun: ({ draftId: id }) => {
      if (id === null) return
      setDraftId(id)
      onDraft(id)
    },
    onEnded: ({ state, connection: got }) => {
      if (state !== 'connected' || !got) return
      setConnection({ ...got, connected_at: new Date().toISOString(), connected_by: '' })
      form.keep(connectedAs.current)
      setProblem(null)
    },
  })
  useWarningBeforeLeaving(
    form.hasSecret && !isSaved && !isLeaving,
    'The secret that you typed is not saved yet. Leave the form all the same?',
  )

  function refused(found: ActionProblem | null): void {
    setProblem(found)
    if (!found) return
    form.refuse(found)
    if (Object.keys(found.fields).length > 0) focusOnFirstError()
  }
  const latest = useRef(refused)
  latest.current = refused
  useEffect(() => latest.current(saving.problem), [saving.problem])
  useEffect(() => latest.current(connect.problem), [connect.problem])
  const testProblem = test?.problem ?? null
  useEffect(() => latest.current(testProblem), [testProblem])

  /** Shows what is wrong, as far as the browser can tell; answers whether nothing is, but for one field. */
  function isReady(but?: string): boolean {
    setProblem(null)
    if (form.submit(but)) return true
    focusOnFirstError()
    return false
  }
  async function runTest(): Promise<void> {
    if (isTesting || saving.pending || !isReady()) return
    const sent = tested
    setTestedAs(sent)
    requestAnimationFrame(() => progress.current?.scrollIntoView({ block: 'nearest' }))
    const report = await startTest(subjectOf({ ...input, draft_id: draftId, receipt: null }), (id) => {
      if (id === draftId) return
      setDraftId(id)
      onDraft(id)
    })
    if (!report) return
    setLastTest({ tested: sent, receipt: report.receipt, result: report.result })
    requestAnimationFrame(() => progress.current?.scrollIntoView({ block: 'nearest' }))
  }
  function submit(event: FormEvent): void {
    event.preventDefault()
    // A dialog of the form has forms of its own, whose events bubble through React.
    if (event.target !== element.current || isTesting || !isReady()) return
    saving.run({ ...input, draft_id: draftId, receipt: lastTest?.tested === tested ? lastTest.receipt : null })
  }
  function chooseTemplate(index: number, environment: Environment): void {
    setTemplate(index)
    form.changeTemplate(template, index, environment)
  }
  function chooseEnvironment(environment: Environment): void {
    const fitting = templateFor(provider, template, environment)
    if (fitting === template) state.set({ environment })
    else chooseTemplate(fitting, environment)
  }
  function changeVariables(variables: Variables): void {
    const chosen = provider?.templates[template]
    form.setVariables(variables)
    if (chosen) form.setValues((values) => refilled(values, chosen, form.variables, variables))
  }

  const isUnchanged = start.lastResult !== undefined && tested === begun.current
  const known = {
    tested: lastTest?.tested === tested ? lastTest.result : null,
    wasTested: lastTest !== null,
    stays: isUnchanged ? start.lastResult : undefined,
  }
  const isStale = test !== null && !isTesting && testedAs !== tested && test.phase !== 'refused'
  return (
    <form
      ref={element}
      noValidate
      // What gets the focus keeps clear of the bar at the foot.
      className="grid max-w-3xl grid-cols-[minmax(0,1fr)] gap-4 [&_:is(input,select,button,summary,a)]:scroll-mb-28"
      onSubmit={submit}
      onBlur={(event) => form.touch((event.target as HTMLElement).dataset.field)}
    >
      <FormCard title="Service">
        <ServiceFields
          state={state}
          mark={mark}
          provider={shown}
          template={template}
          onTemplate={(index) => chooseTemplate(index, state.values.environment)}
          variables={form.variables}
          onVariables={changeVariables}
          mayChooseType={mayChooseType}
          mayChooseProvider={mayChooseProvider}
          onEnvironment={chooseEnvironment}
          environmentStays={
            isNew ? (draftId === null ? undefined : 'What was tested or connected so far is of this one.') : STAYS
          }
        />
      </FormCard>
      <FormCard
        title={typeNames[state.values.type]}
        description="Secrets are stored encrypted. Once saved, nobody can see them again, here or over the API."
      >
        <TypeFields
          state={state}
          redirectUri={redirectUri}
          connection={
            <ConnectionField
              connect={connect}
              cameBack={cameBack}
              connection={connection}
              before={connectedBefore}
              error={state.errorOf('connection')}
              onConnect={() => {
                // Connecting is what it asks for.
                if (!isReady('connection')) return
                connectedAs.current = input
                connect.start()
              }}
            />
          }
        />
      </FormCard>
      <FormCard title="Test request" description="Sent with the secret when you press Test.">
        <TestRequestField state={state} />
        <HostsField state={state} />
      </FormCard>
      {test ? (
        <section
          ref={progress}
          aria-labelledby="test-title"
          className="grid scroll-mb-32 gap-3 rounded border border-border bg-card px-5 py-4"
          hidden={test.phase === 'refused'}
        >
          <h2 id="test-title" className="font-semibold text-base">
            Test
          </h2>
          {isStale ? (
            <Banner tone="warning" role="status">
              The form was changed since this test: the result is of its earlier state.
            </Banner>
          ) : null}
          <TestProgress test={test} />
          {/* Without an event, nothing was called. */}
          {test.phase === 'cancelled' &&
          test.events.length > 0 &&
          state.values.type === 'oauth2' &&
          state.values.grant === 'refresh_token' ? (
            <Banner tone="warning">
              If the refresh token was spent already, its new tokens are kept with this form for a day: save it, or test
              it again.
            </Banner>
          ) : null}
        </section>
      ) : null}
      <ProblemBanner problem={problem} />
      {/* Always in sight, however long the form is. */}
      <div className="sticky bottom-0 z-10 flex flex-wrap items-center justify-between gap-x-4 gap-y-2 border-border border-t bg-background py-3">
        <p className="min-w-0 text-muted-foreground text-sm" aria-live="polite">
          {isTesting ? 'Testing …' : savedAs(known)}
        </p>
        <div className="flex flex-wrap gap-2">
          <Link href={cancelHref} className={buttonVariants({ variant: 'ghost' })}>
            Cancel
          </Link>
          {isTesting ? (
            <Button onClick={cancel}>Cancel test</Button>
          ) : (
            <Button onClick={() => void runTest()}>Test</Button>
          )}
          <Button type="submit" variant="primary" pending={saving.pending} disabled={isTesting}>
            {saveLabel}
          </Button>
        </div>
      </div>
      {connect.passwordDialog}
      {saving.passwordDialog}
      {passwordDialog}
    </form>
  )
}

function FormCard({ title, description, children }: { title: string; description?: string; children: ReactNode }) {
  return (
    <Card>
      <CardHeader>
        <CardTitle>{title}</CardTitle>
        {description ? <CardDescription>{description}</CardDescription> : null}
      </CardHeader>
      <CardContent className="grid grid-cols-[minmax(0,1fr)] gap-5">{children}</CardContent>
    </Card>
  )
}
