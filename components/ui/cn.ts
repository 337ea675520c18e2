import { type ClassValue, clsx } from 'clsx'

/**
 * Joins class names. Later classes do not override earlier ones of the same kind: a `className` given to a primitive
 * adds layout (margin, width, order); its look is chosen by `variant`, `size` or `tone`.
 */
export function cn(...classes: ClassValue[]): string {
  return clsx(classes)
}
