/** The query of a page's address. Of a parameter that is given twice, the first counts. */
export function urlParams(searchParams: Record<string, string | string[] | undefined>): URLSearchParams {
  const first = Object.entries(searchParams).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value])
  return new URLSearchParams(first.filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}
