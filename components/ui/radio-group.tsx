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
