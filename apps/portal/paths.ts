// Where is every page? The one place that spells addresses.

const withQuery = (path: string, query: Record<string, string | undefined>): string => {
  const entries = Object.entries(query).flatMap(([key, value]): [string, string][] =>
    value === undefined || value === '' ? [] : [[key, value]],
  )
  return entries.length === 0 ? path : `${path}?${new URLSearchParams(entries)}`
}

export const pathTo = {
  signIn: (next?: string) => withQuery('/sign-in', { next }),
  signUp: (next?: string) => withQuery('/sign-up', { next }),
  firstRun: () => '/first-run',
  join: (token: string) => `/join/${token}`,
  slices: (query: { project?: string; state?: string } = {}) => withQuery('/slices', query),
  slice: (id: string, query: { panel?: string; from?: string; until?: string; focus?: string } = {}) =>
    withQuery(`/slices/${id}`, query),
  calendar: (query: { slice?: string; day?: string } = {}) => withQuery('/calendar', query),
  templates: () => '/templates',
  project: (slug: string) => `/projects/${slug}`,
  newProject: () => '/projects/new',
  courses: () => '/courses',
  newCourse: () => '/courses/new',
  course: (id: string) => `/courses/${id}`,
  lab: (course: string, id: string) => `/courses/${course}/labs/${id}`,
  labRecordings: (course: string, id: string) => `/courses/${course}/labs/${id}/recordings`,
  sliceRecordings: (id: string) => `/slices/${id}/recordings`,
  recording: (id: string) => `/recordings/${id}`,
  newLab: (course: string) => `/courses/${course}/labs/new`,
  substrate: () => '/substrate',
  newNode: () => '/substrate/new',
  node: (id: string) => `/substrate/${id}`,
  approvals: () => '/approvals',
  images: () => '/images',
  people: () => '/people',
  policy: () => '/policy',
  audit: () => '/audit',
  account: () => '/account',
} as const

/** Only our own pages: an address given in a link may not lead away. */
export function safeNext(next: string | null | undefined): string {
  if (!next?.startsWith('/') || next.startsWith('//') || next.includes('\\')) return pathTo.slices()
  return next
}
