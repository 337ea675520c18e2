'use client'

import { useEffect, useMemo, useState } from 'react'
import type { Environment } from '@/lib/api-keys'
import type { ActionProblem } from '../../data/action-result'
import { sentencesOf } from '../refusal-words'
import {
  type FormProvider,
  type LeftForm,
  type ShownForm,
  type Variables,
  variableProblems,
  withTemplate,
} from './initial'
import { type FormInput, type FormValues, NO_SECRET, secretsOf, testedPart, toInput } from './input'
import type { Stored } from './rules'
import { storedOf } from './start'

type Rules = typeof import('./rules')

/** What the fields of the form need of it. */
export interface FormState {
  values: FormValues
  set: (change: Partial<FormValues> | ((current: FormValues) => Partial<FormValues>)) => void
  setSecret: (key: string, change: Partial<FormValues['secret'][string]>) => void
  /** The error of a field, by its path; with `within`, also the first of what is inside it. */
  errorOf: (path: string, options?: { within: boolean }) => string | undefined
  /** When a secret field was set, if it is stored. */
  setAt: (name: string) => string | undefined
  /** Whether a stored secret must be entered again. */
  mustReplace: (name: string) => boolean
  /** Notes that what stands where a host is typed is none, and is in no list: it would be lost. Null: it is not so. */
  refuseHost: (text: string | null) => void
  rules: Rules | null
}

/** What the server said of the fields of a form, as it was sent. */
interface Refused {
  fields: Record<string, string>
  input: FormInput
}

/** The state of a form for a credential: what is typed, what is wrong with it, and what is sent. */
export function useCredentialForm({
  initial,
  stored: storedBefore,
  provider,
}: {
  initial: FormValues
  stored: Stored | null
  provider: FormProvider | null
}) {
  const [values, setValues] = useState(initial)
  const [stored, setStored] = useState(storedBefore)
  const [variables, setVariables] = useState<Variables>({})
  // By the index of the template: who comes back to one finds what was typed for it.
  const [left, setLeft] = useState<Record<number, LeftForm>>({})
  const [unfitHost, setUnfitHost] = useState<string | null>(null)
  const [rules, setRules] = useState<Rules | null>(null)
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set())
  const [isSubmitted, setSubmitted] = useState(false)
  const [refused, setRefused] = useState<Refused | null>(null)

  useEffect(() => {
    // Without them the server still has them.
    import('./rules').then(setRules, () => {})
  }, [])
  useEffect(() => {
    // A page that the browser keeps for the Back button must not keep secrets.
    const forget = () => {
      setValues((current) => ({ ...current, secret: {} }))
      setLeft({})
    }
    addEventListener('pagehide', forget)
    return () => removeEventListener('pagehide', forget)
  }, [])

  const names = useMemo(() => new Set(Object.keys(stored?.secretSetAt ?? {})), [stored])
  const input = useMemo(() => toInput(values, names), [values, names])
  const checked = useMemo(() => rules?.checkForm(input, stored) ?? { problems: [], again: [] }, [rules, input, stored])
  const ofVariables = variableProblems(provider, variables)
  const isFilled = Object.keys(ofVariables).length === 0
  // A part of an address that is missing is said once, where it is asked for.
  const ofFields = checked.problems.filter(({ message }) => isFilled || !message.includes('placeholder in braces'))
  const again = sentencesOf(checked.again)
  const unfit: Record<string, string> =
    unfitHost === null ? {} : { hosts: `“${unfitHost}” is not a host: enter one such as api.example.com.` }
  const problems = { ...ofVariables, ...sentencesOf(ofFields), ...again, ...unfit }

  const errors: Record<string, string> = {}
  for (const [path, sentence] of Object.entries(problems)) {
    if (isSubmitted || path in again || path in unfit || isTouched(touched, path)) errors[path] = sentence
  }
  for (const [path, sentence] of Object.entries(refused?.fields ?? {})) {
    // What the server said of a field holds until the field is changed.
    if (refused && valueAt(refused.input, path) === valueAt(input, path)) errors[path] ??= sentence
  }

  const state: FormState = {
    values,
    set: (change) =>
      setValues((current) => ({ ...current, ...(typeof change === 'function' ? change(current) : change) })),
    setSecret: (key, change) =>
      setValues((current) => ({
        ...current,
        secret: { ...current.secret, [key]: { ...NO_SECRET, ...current.secret[key], ...change } },
      })),
    errorOf: (path, { within } = { within: false }) =>
      errors[path] ?? (within ? Object.entries(errors).find(([own]) => own.startsWith(`${path}.`))?.[1] : undefined),
    setAt: (name) => stored?.secretSetAt[name],
    mustReplace: (name) => `secret.${name}` in again || isRefusedAsStored(refused, name),
    refuseHost: setUnfitHost,
    rules,
  }
  return {
    state,
    input,
    tested: testedPart(input),
    variables,
    setVariables,
    setValues,
    /** Goes on with another template of the provider. */
    changeTemplate: (from: number, to: number, environment: Environment) => {
      const templates = [provider?.templates[from], provider?.templates[to]] as const
      if (!provider || !templates[0] || !templates[1]) return
      const now = { values: { ...values, environment }, variables }
      setLeft({ ...left, [from]: now })
      setValues(withTemplate(provider, now, [templates[0], templates[1]], left[to]))
    },
    /** Shows what is wrong with a field from now on. */
    touch: (path: string | undefined) => path && setTouched((current) => new Set(current).add(path)),
    /** Shows all that is wrong; answers whether nothing is, but for one field. */
    submit: (but?: string) => {
      setSubmitted(true)
      return Object.keys(problems).every((path) => path === but)
    },
    /** Notes that a form was kept on the server and connected there, with the secrets that it has. */
    keep: (kept: FormInput) => setStored((before) => storedWith(before, kept, rules)),
    /** Shows what the server said of the fields. */
    refuse: (problem: ActionProblem) => setRefused({ fields: problem.fields, input }),
    /** Whether a secret was typed that would be lost. */
    hasSecret: [values, ...Object.values(left).map((form) => form.values)].some(hasSecret),
  }
}

function hasSecret(values: FormValues): boolean {
  return secretsOf(values).some(({ key }) => (values.secret[key]?.text ?? '') !== '')
}

/** What is stored once a form was kept and connected. */
function storedWith(before: Stored | null, kept: FormInput, rules: Rules | null): Stored {
  const now = new Date().toISOString()
  const typed = Object.keys(kept.secret).map((name) => [name, now])
  const secretSetAt = { ...before?.secretSetAt, ...Object.fromEntries(typed), refresh_token: now }
  const form = kept as unknown as ShownForm
  return storedOf({ ...form, hosts: form.hosts.map((host) => rules?.toOrigin(host) ?? host) }, secretSetAt)
}

/** Whether the server has refused a secret that the form did not send: what is stored of it can't be kept. */
function isRefusedAsStored(refused: Refused | null, name: string): boolean {
  return refused !== null && `secret.${name}` in refused.fields && !(name in refused.input.secret)
}

/** Whether the person has left a field, or what it is a part of. */
function isTouched(touched: ReadonlySet<string>, path: string): boolean {
  const parts = path.split('.')
  return parts.some((_, index) => touched.has(parts.slice(0, index + 1).join('.')))
}

/** What a path means in what is sent, for comparing. Names of headers may have dots. */
function valueAt(input: FormInput, path: string): string {
  if (path.startsWith('secret.')) return JSON.stringify(input.secret[path.slice('secret.'.length)])
  const value = path
    .split('.')
    .reduce<unknown>((within, part) => (within as Record<string, unknown> | null | undefined)?.[part], input)
  return JSON.stringify(value)
}
