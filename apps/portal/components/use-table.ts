'use client'
// Which rows are shown, in which order, with which columns, and which are chosen? All but the choice is in the address.
import type { ReactNode } from 'react'
import { useMemo, useState } from 'react'
import { useUrlState } from '../browser/url-state'
import type { MenuEntry } from './menu'

type Sortable = string | number | Date | null

export interface Column<Row> {
  key: string
  title: string
  cell: (row: Row) => ReactNode
  /** By what it is sorted; none: it is not. */
  sort?: (row: Row) => Sortable
  /** What the filter looks at; none: nothing. */
  text?: (row: Row) => string
  /** Figures stand at the right. */
  number?: boolean
  /** Not on a phone. */
  desk?: boolean
  /** Not shown until asked for. */
  extra?: boolean
  /** Cannot be hidden. */
  fixed?: boolean
}

interface TableInput<Row> {
  rows: readonly Row[] | undefined
  columns: readonly Column<Row>[]
  idOf: (row: Row) => string
  query: string
  /** `name`, or `-name` for the other way round. */
  defaultSort: string
  scope: string
}

export const scoped = (scope: string, key: string): string => (scope === '' ? key : `${scope}.${key}`)

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

/** Nothing comes last, whichever way it is sorted. */
function compare(a: Sortable, b: Sortable, way: 1 | -1): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1
  if (typeof a === 'string' && typeof b === 'string') return collator.compare(a, b) * way
  return (Number(a) - Number(b)) * way
}

export function useTable<Row>({ rows, columns, idOf, query, defaultSort, scope }: TableInput<Row>) {
  const [sort, setSort] = useUrlState(scoped(scope, 'sort'), defaultSort)
  const [hiddenText, setHidden] = useUrlState(
    scoped(scope, 'hide'),
    columns
      .filter((c) => c.extra)
      .map((c) => c.key)
      .join('.'),
  )
  const [, setQuery] = useUrlState(scoped(scope, 'q'))
  const [selection, setSelection] = useState<ReadonlySet<string>>(new Set())

  const sortKey = sort.replace(/^-/, '')
  const way = sort.startsWith('-') ? -1 : 1
  const shown = useMemo(() => {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean)
    const textOf = (row: Row) =>
      columns
        .map((c) => c.text?.(row) ?? '')
        .join(' ')
        .toLowerCase()
    const matching = (rows ?? []).filter((row) => {
      const text = words.length > 0 ? textOf(row) : ''
      return words.every((word) => text.includes(word))
    })
    const by = columns.find((c) => c.key === sortKey)?.sort
    return by ? matching.toSorted((a, b) => compare(by(a), by(b), way)) : matching
  }, [rows, columns, query, sortKey, way])

  const hidden = new Set(hiddenText.split('.'))
  const selected = shown.filter((row) => selection.has(idOf(row)))
  return {
    shown,
    columns: columns.filter((c) => !hidden.has(c.key)),
    selected,
    isSelected: (id: string) => selection.has(id),
    allSelected: selected.length === 0 ? false : selected.length === shown.length ? true : ('indeterminate' as const),
    selectAll: (all: boolean) => setSelection(new Set(all ? shown.map(idOf) : [])),
    toggle: (id: string) =>
      setSelection((before) => {
        const next = new Set(before)
        if (!next.delete(id)) next.add(id)
        return next
      }),
    clearSelection: () => setSelection(new Set()),
    clearFilters: () => setQuery(''),
    sortOf: (key: string): 'ascending' | 'descending' | 'none' =>
      key !== sortKey ? 'none' : way === 1 ? 'ascending' : 'descending',
    sortBy: (key: string) => setSort(sort === key ? `-${key}` : key),
    columnEntries: columns
      .filter((c) => !c.fixed)
      .map(
        (column): MenuEntry => ({
          label: column.title,
          checked: !hidden.has(column.key),
          onSelect: () => {
            const next = new Set(hidden)
            if (!next.delete(column.key)) next.add(column.key)
            next.delete('')
            setHidden([...next].join('.'))
          },
        }),
      ),
  }
}
