'use client'

import { type ComponentProps, createContext, type ReactNode, use, useId, useState } from 'react'
import { cn } from './cn'

type Group = { name: string; value: string | undefined; choose: (value: string) => void }

const RadioContext = createContext<Group | null>(null)

type GroupProps = {
  /** The form field's name. */
  name?: string
  value?: string
  defaultValue?: string
  onValueChange?: (value: string) => void
  className?: string
  children: ReactNode
}

function useGroup({ name, value, defaultValue, onValueChange }: GroupProps): Group {
  const ownName = useId()
  const [own, setOwn] = useState(defaultValue)
  return {
    name: name ?? ownName,
    value: value ?? own,
    choose: (next) => {
      setOwn(next)
      onValueChange?.(next)
    },
  }
}

function useRadio(value: string): Pick<ComponentProps<'input'>, 'type' | 'name' | 'value' | 'checked' | 'onChange'> {
  const group = use(RadioContext)
  if (!group) throw new Error('A radio item must stand inside a RadioGroup or SegmentedControl')
  return {
    type: 'radio',
    name: group.name,
    value,
    checked: group.value === value,
    onChange: () => group.choose(value),
  }
}

/** One choice of several, each on a line with room for a hint. Put it in a FieldGroup, which names it. */
export function RadioGroup(props: GroupProps) {
  return (
    <RadioContext value={useGroup(props)}>
      <div className={cn('grid gap-2', props.className)}>{props.children}</div>
    </RadioContext>
  )
}

/** A choice in a RadioGroup. */
export function RadioGroupItem({
  value,
  label,
  hint,
  disabled,
}: {
  value: string
  label: ReactNode
  hint?: ReactNode
  disabled?: boolean
}) {
  const id = useId()
  return (
    <div className="flex items-start gap-2">
      <input
        id={id}
        {...useRadio(value)}
        disabled={disabled}
        aria-describedby={hint ? `${id}-hint` : undefined}
        className="relative mt-0.5 size-4 shrink-0 appearance-none rounded-full border border-input bg-card transition-colors duration-100 before:absolute before:-inset-1.5 before:content-[''] after:absolute after:inset-[3px] after:scale-0 after:rounded-full after:bg-primary after:transition-transform after:content-[''] checked:border-primary checked:after:scale-100 disabled:opacity-50"
      />
      <span className="min-w-0">
        <label htmlFor={id} className="block text-foreground text-sm">
          {label}
        </label>
        {hint ? (
          <span id={`${id}-hint`} className="block text-muted-foreground text-xs">
            {hint}
          </span>
        ) : null}
      </span>
    </div>
  )
}

/** One choice of a few short ones, side by side ("Live | Test"). Put it in a FieldGroup, or give `aria-label`. */
export function SegmentedControl({ 'aria-label': label, ...props }: GroupProps & { 'aria-label'?: string }) {
  return (
    <RadioContext value={useGroup(props)}>
      <div
        role="radiogroup"
        aria-label={label}
        className={cn(
          'inline-flex w-fit max-w-full flex-wrap rounded border border-border bg-card p-0.5',
          props.className,
        )}
      >
        {props.children}
      </div>
    </RadioContext>
  )
}

/** A choice in a SegmentedControl. */
export function SegmentedControlItem({ value, children }: { value: string; children: ReactNode }) {
  return (
    <label className="relative inline-flex h-7 items-center gap-1.5 rounded-[4px] border border-transparent px-2.5 font-medium text-muted-foreground text-sm transition-colors duration-100 hover:text-foreground has-checked:bg-muted has-checked:text-foreground has-focus-visible:outline-2 has-focus-visible:outline-ring pointer-coarse:h-9">
      <input {...useRadio(value)} className="absolute inset-0 size-full cursor-pointer appearance-none outline-none" />
      {children}
    </label>
  )
}
