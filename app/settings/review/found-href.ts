/** The address of a page of a review. */
export function foundHref(page: string, finding: string | null, more: { cursor?: string; revocation?: string } = {}) {
  const query = new URLSearchParams({ ...(finding ? { finding } : {}), ...more })
  return query.size > 0 ? `${page}?${query}` : page
}
