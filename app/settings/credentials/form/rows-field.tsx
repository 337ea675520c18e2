'use client'

import { Plus, X } from 'lucide-react'
import { type ReactNode, useEffect, useRef } from 'react'
import { Button } from '@/components/ui/button'
import { FieldGroup } from '@/components/ui/field'

/** A list of rows of controls, of which one can add and remove. The focus goes to what was added, or to the button. */
export function RowsField<Row extends { id: number }>({
  label,
  hint,
  error,
  rows,
  rowName,
  addLabel,
  minRows = 0,
  newRow,
  onChange,
  renderRow,
}: {
  label: string
  hint?: ReactNode
  error?: string
  rows: readonly Row[]
  /** What it is called by the button that removes it, and where its fields are read out. */
  rowName: (row: Row, index: number) => string
  addLabel: string
  minRows?: number
  newRow: (id: number) => Row
  onChange: (rows: Row[]) => void
  renderRow: (row: Row, index: number) => ReactNode
}) {
  const list = useRef<HTMLUListElement>(null)
  const addButton = useRef<HTMLButtonElement>(null)
  const moveTo = useRef<'last' | 'button' | null>(null)
  useEffect(() => {
    if (moveTo.current === 'last') list.current?.querySelector<HTMLElement>(':scope > li:last-child input')?.focus()
    if (moveTo.current === 'button') addButton.current?.focus()
    moveTo.current = null
  })
  return (
    <FieldGroup label={label} hint={hint} error={error}>
      {rows.length > 0 ? (
        <ul ref={list} className="grid gap-3">
          {rows.map((row, index) => (
            <li key={row.id} className="flex items-start gap-2">
              {/* biome-ignore lint/a11y/useSemanticElements: a fieldset lays its content out by rules of its own */}
              <div role="group" aria-label={rowName(row, index)} className="grid min-w-0 flex-1 gap-3 sm:grid-cols-2">
                {renderRow(row, index)}
              </div>
              {rows.length > minRows ? (
                <Button
                  variant="ghost"
                  size="icon"
                  className="mt-[26px]"
                  aria-label={`Remove ${rowName(row, index)}`}
                  onClick={() => {
                    moveTo.current = 'button'
                    onChange(rows.filter(({ id }) => id !== row.id))
                  }}
                >
                  <X aria-hidden="true" />
                </Button>
              ) : null}
            </li>
          ))}
        </ul>
      ) : null}
      <Button
        ref={addButton}
        className="justify-self-start"
        onClick={() => {
          moveTo.current = 'last'
          onChange([...rows, newRow(Math.max(-1, ...rows.map(({ id }) => id)) + 1)])
        }}
      >
        <Plus aria-hidden="true" />
        {addLabel}
      </Button>
    </FieldGroup>
  )
}
