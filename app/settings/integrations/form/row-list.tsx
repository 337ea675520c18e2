'use client'

import { Plus, X } from 'lucide-react'
import { type ReactNode, useEffect, useRef } from 'react'
import { Button } from '@/components/ui/button'
import { FieldGroup } from '@/components/ui/field'
import { type Row, rowOf } from './form-values'

/** A list of which each row is typed in: rows are added at its end and taken away one by one. */
export function RowList<Value>({
  label,
  hint,
  error,
  rows,
  empty,
  noun,
  max,
  onChange,
  children,
}: {
  label: string
  hint?: ReactNode
  error?: ReactNode
  rows: readonly Row<Value>[]
  /** What a new row begins with. */
  empty: Value
  /** What a row is called, such as "pattern". */
  noun: string
  max: number
  onChange: (rows: Row<Value>[]) => void
  /** The controls of a row. */
  children: (row: Row<Value>, index: number, change: (value: Value) => void) => ReactNode
}) {
  const list = useRef<HTMLOListElement>(null)
  const addButton = useRef<HTMLButtonElement>(null)
  const isAdding = useRef(false)
  useEffect(() => {
    if (!isAdding.current) return
    isAdding.current = false
    list.current?.lastElementChild?.querySelector('input')?.focus()
  })
  return (
    <FieldGroup label={label} hint={hint} error={error}>
      {rows.length > 0 ? (
        <ol ref={list} className="grid gap-2">
          {rows.map((row, index) => (
            <li key={row.id} className="grid grid-cols-[minmax(0,1fr)_auto] items-start gap-2">
              {children(row, index, (value) => onChange(rows.map((one) => (one === row ? { ...one, value } : one))))}
              <Button
                variant="ghost"
                size="icon"
                aria-label={`Remove ${noun} ${index + 1}`}
                onClick={() => {
                  onChange(rows.filter((one) => one !== row))
                  addButton.current?.focus()
                }}
              >
                <X aria-hidden="true" />
              </Button>
            </li>
          ))}
        </ol>
      ) : null}
      <Button
        ref={addButton}
        size="sm"
        className="w-fit"
        disabled={rows.length >= max}
        onClick={() => {
          isAdding.current = true
          onChange([...rows, rowOf(empty)])
        }}
      >
        <Plus aria-hidden="true" />
        Add {noun}
      </Button>
    </FieldGroup>
  )
}
