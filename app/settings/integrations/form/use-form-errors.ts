'use client'

import { useEffect, useMemo, useRef, useState } from 'react'
import type { FieldProblem } from '@/lib/errors'
import { parseUrl } from '@/lib/parse-url'
import type { ActionProblem } from '../../data/action-result'
import { fieldSentences, NOT_SAVED } from '../form-words'
import type { Credential } from '../words'
import { hostOf, isOnHosts } from '../words'
import { type FormValues, formField, inputOf } from './form-values'
import { placeholdersOf } from './prefill'
import type { Rules } from './use-rules'

/**
 * How long after a field was left its error comes. The press that leaves it must have ended by then: what appears above a
 * button moves it away from under the pointer.
 */
const PATIENCE_MS = 300

/** What is wrong with the form and to be said by now, and what makes it be said. */
export interface FormErrors {
  /** By field: what the browser finds at fields that were left, and what the server said of those unchanged since. */
  shown: Record<string, string>
  /** The last refusal, for the banner and for the focus. */
  refusal: ActionProblem | null
  /** The person has left a field. */
  touch(field: string): void
  /** A field was changed: what the server said of it is of the past. */
  edit(fields: readonly string[]): void
  /** Says all that is wrong; whether there is anything. */
  refuse(): boolean
  refuseWith(problem: ActionProblem): void
}

/**
 * The errors of the form as it is typed.
 * @param credential the chosen one; undefined: none, or not read yet
 */
export function useFormErrors(
  values: FormValues,
  rules: Rules | null,
  credential: Credential | undefined,
  isOAuth2: boolean,
): FormErrors {
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set())
  const [isAttempted, setAttempted] = useState(false)
  const [refusal, setRefusal] = useState<ActionProblem | null>(null)
  const [edited, setEdited] = useState<ReadonlySet<string>>(new Set())
  const timers = useRef(new Set<number>())
  useEffect(() => {
    const started = timers.current
    return () => {
      for (const timer of started) window.clearTimeout(timer)
    }
  }, [])
  const found = useMemo(() => {
    if (!rules) return {}
    const problems = rules.problemsIn(inputOf(values, isOAuth2))
    return fieldSentences([
      ...problems.map((problem) => ({ ...problem, field: formField(values, problem.field) })),
      ...baseUrlProblems(values.baseUrl, credential),
    ])
  }, [values, rules, credential, isOAuth2])
  const isEdited = (field: string) => edited.has(field) || edited.has(field.split('.')[0] ?? '')
  const shown = {
    ...select(refusal?.fields ?? {}, (field) => !isEdited(field)),
    ...select(found, (field) => isAttempted || touched.has(field)),
  }
  const isOver = refusal?.message === NOT_SAVED && Object.keys(shown).length === 0
  useEffect(() => {
    // For good: were it to come back with the next letter, so would the focus on the first bad field.
    if (isOver) setRefusal(null)
  }, [isOver])
  return {
    shown,
    refusal,
    touch: (field) => {
      if (touched.has(field)) return
      const timer = window.setTimeout(() => {
        timers.current.delete(timer)
        setTouched((before) => new Set(before).add(field))
      }, PATIENCE_MS)
      timers.current.add(timer)
    },
    edit: (fields) => setEdited((before) => new Set([...before, ...fields])),
    refuse: () => {
      if (Object.keys(found).length === 0) return false
      setAttempted(true)
      setRefusal({ ok: false, code: 'invalid', message: NOT_SAVED, fields: {} })
      return true
    },
    refuseWith: (problem) => {
      setEdited(new Set())
      setRefusal(problem)
    },
  }
}

/** What only the chosen credential tells, and the server would refuse too. */
function baseUrlProblems(baseUrl: string, credential: Credential | undefined): FieldProblem[] {
  const address = baseUrl.trim()
  const at = (message: string): FieldProblem[] => [{ field: 'base_url', code: 'invalid_value', message }]
  const left = placeholdersOf(address)
  if (left.length > 0) return at(`Put your own value in the place of ${left.join(' and ')}`)
  if (!credential || !/^https?:\/\//i.test(address) || !parseUrl(address)) return []
  if (isOnHosts(address, credential.hosts)) return []
  return at(`The secret of “${credential.name}” was not saved for ${hostOf(address)}`)
}

function select(fields: Record<string, string>, keep: (field: string) => boolean): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).filter(([field]) => keep(field)))
}
