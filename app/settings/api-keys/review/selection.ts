/** Which keys of a long list are chosen: some by name, or all but some. */
export type Selection = { kind: 'some'; ids: ReadonlySet<string> } | { kind: 'allBut'; ids: ReadonlySet<string> }

export const nothing: Selection = { kind: 'some', ids: new Set() }
export const everything: Selection = { kind: 'allBut', ids: new Set() }

export function isSelected(selection: Selection, id: string): boolean {
  return selection.ids.has(id) === (selection.kind === 'some')
}

/** The selection after keys were chosen (`on`) or taken out. */
export function select(selection: Selection, ids: readonly string[], on: boolean): Selection {
  const listed = new Set(selection.ids)
  for (const id of ids) {
    if (on === (selection.kind === 'some')) listed.add(id)
    else listed.delete(id)
  }
  return { kind: selection.kind, ids: listed }
}

/** The selection after keys have left the list. */
export function forget(selection: Selection, ids: readonly string[]): Selection {
  return { kind: selection.kind, ids: new Set([...selection.ids].filter((id) => !ids.includes(id))) }
}

/** @param total how many keys there are to choose from, of which no more than `limit` can be */
export function countSelected(selection: Selection, total: number, limit: number): number {
  return selection.kind === 'some' ? selection.ids.size : Math.max(0, Math.min(total, limit) - selection.ids.size)
}
