'use client'
import { ArrowDown, ArrowUp, Columns3, Ellipsis, Search } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { type KeyboardEvent, type MouseEvent, type ReactNode, useRef } from 'react'
import { useUrlState } from '../browser/url-state'
import { Button, IconButton } from './button'
import { classes } from './classes'
import { Input } from './input'
import { Menu, type MenuEntries } from './menu'
import { Skeleton } from './page-states'
import { Checkbox } from './toggles'
import { type Column, scoped, useTable } from './use-table'

export type { Column } from './use-table'

const counted = (n: number, name: string): string =>
  `${n} ${n !== 1 ? name : name === 'people' ? 'person' : name.replace(/s$/, '')}`

interface BulkAction<Row> {
  label: string
  icon?: ReactNode
  danger?: boolean
  /** Rows it can be done to; the others are left out, and the button says of how many. */
  takes?: (row: Row) => boolean
  run: (rows: readonly Row[]) => void
}

interface DataTableProps<Row> {
  /** What the rows are, for screen readers and the search box. */
  name: string
  rows: readonly Row[] | undefined
  columns: readonly Column<Row>[]
  idOf: (row: Row) => string
  /** How a row is called in labels. */
  labelOf: (row: Row) => string
  hrefOf?: (row: Row) => string
  onOpen?: (row: Row) => void
  /** The row whose details are in view. */
  openId?: string | null
  actionsOf?: (row: Row) => MenuEntries
  bulk?: readonly BulkAction<Row>[]
  /** Further filters, at the right of the search box. */
  filters?: ReactNode
  defaultSort?: string
  /** Before its parameters in the address, where a page has two tables. */
  scope?: string
  /** There are no rows at all. */
  empty: ReactNode
}

const ROW = '[data-row]'

/** Up and down go from row to row, wherever in the table the focus is. */
function moveFocus(event: KeyboardEvent<HTMLElement>) {
  const step =
    event.key === 'ArrowDown' || event.key === 'j' ? 1 : event.key === 'ArrowUp' || event.key === 'k' ? -1 : 0
  if (step === 0 || (event.target instanceof HTMLInputElement && event.target.type === 'text')) return
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>(ROW)]
  const at = rows.findIndex((row) => row.contains(document.activeElement))
  const next = rows[Math.max(0, Math.min(rows.length - 1, at + step))]
  if (!next) return
  event.preventDefault()
  next.focus()
}

const isControl = (target: EventTarget): boolean =>
  target instanceof Element && target.closest('a,button,input,select,textarea,label,[role="menuitem"]') !== null

export function DataTable<Row>(props: DataTableProps<Row>) {
  const { name, rows, columns, idOf, labelOf, hrefOf, onOpen, actionsOf, bulk = [], filters, empty, openId } = props
  const router = useRouter()
  const scope = props.scope ?? ''
  const [query, setQuery] = useUrlState(scoped(scope, 'q'))
  const search = useRef<HTMLInputElement>(null)
  const table = useTable({ rows, columns, idOf, query, defaultSort: props.defaultSort ?? '', scope })
  const selectable = bulk.length > 0
  const open = (row: Row) => {
    const href = hrefOf?.(row)
    if (href !== undefined) router.push(href)
    else onOpen?.(row)
  }
  if (rows?.length === 0) return <>{empty}</>
  return (
    <div className="flex min-w-0 flex-col">
      <div className="mb-2 flex flex-wrap items-center gap-2">
        <div className="relative w-full max-w-64">
          <Search className="pointer-events-none absolute top-2 left-2 size-4 text-faint" aria-hidden />
          <Input
            ref={search}
            type="search"
            aria-label={`Filter ${name}`}
            placeholder="Filter"
            className="!pl-8"
            value={query}
            onChange={(e) => setQuery(e.target.value)}
          />
        </div>
        {filters}
        <span className="ml-auto text-faint text-xs tabular" role="status">
          {table.selected.length > 0
            ? `${table.selected.length} selected`
            : rows === undefined
              ? ''
              : table.shown.length === rows.length
                ? counted(rows.length, name)
                : `${table.shown.length} of ${rows.length} ${name}`}
        </span>
        <Menu
          align="end"
          trigger={
            <IconButton label="Columns">
              <Columns3 />
            </IconButton>
          }
          entries={table.columnEntries}
        />
      </div>
      {table.selected.length > 0 && (
        <div className="mb-2 flex flex-wrap items-center gap-2 rounded-md bg-accent-soft px-2 py-1.5">
          {bulk.map((action) => {
            const takes = table.selected.filter((row) => action.takes?.(row) ?? true)
            return (
              <Button
                key={action.label}
                size="small"
                icon={action.icon}
                variant={action.danger ? 'danger' : 'plain'}
                disabled={takes.length === 0}
                onClick={() => {
                  action.run(takes)
                  table.clearSelection()
                }}
              >
                {action.label} {takes.length === table.selected.length ? '' : `(${takes.length})`}
              </Button>
            )
          })}
          <Button size="small" variant="quiet" onClick={table.clearSelection}>
            Select none
          </Button>
        </div>
      )}
      <div className="overflow-x-auto">
        <table
          className="w-full border-collapse text-sm"
          aria-label={name}
          aria-busy={rows === undefined}
          onKeyDown={moveFocus}
        >
          <thead>
            <tr className="border-b border-line text-left text-muted text-xs">
              {selectable && (
                <th className="w-8 py-2 pl-2">
                  <Checkbox label={`Select all ${name}`} checked={table.allSelected} onChange={table.selectAll} />
                </th>
              )}
              {table.columns.map((column) => (
                <th
                  key={column.key}
                  aria-sort={table.sortOf(column.key)}
                  className={classes(
                    'px-2 py-1 font-medium',
                    column.number && 'text-right',
                    column.desk && 'hidden md:table-cell',
                  )}
                >
                  {column.sort ? (
                    <button
                      type="button"
                      onClick={() => table.sortBy(column.key)}
                      className={classes(
                        '-mx-1 inline-flex h-6 items-center gap-1 rounded-sm px-1 hover:text-ink',
                        column.number && 'flex-row-reverse',
                      )}
                    >
                      {column.title}
                      {table.sortOf(column.key) === 'ascending' && <ArrowUp className="size-3" aria-hidden />}
                      {table.sortOf(column.key) === 'descending' && <ArrowDown className="size-3" aria-hidden />}
                    </button>
                  ) : (
                    column.title
                  )}
                </th>
              ))}
              {actionsOf && (
                <th className="w-9">
                  <span className="sr-only">Actions</span>
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {rows === undefined &&
              Array.from({ length: 6 }, (_, i) => (
                <tr key={i} className="h-10 border-b border-line">
                  <td colSpan={table.columns.length + 2} className="px-2">
                    <Skeleton className="h-4" />
                  </td>
                </tr>
              ))}
            {table.shown.map((row) => {
              const id = idOf(row)
              const selected = table.isSelected(id)
              return (
                <tr
                  key={id}
                  data-row={id}
                  // Rows take the focus of the arrow keys; Tab goes to what is in them.
                  tabIndex={-1}
                  aria-selected={selectable ? selected : undefined}
                  onClick={(event: MouseEvent) => {
                    if (!isControl(event.target) && window.getSelection()?.toString() === '') open(row)
                  }}
                  onKeyDown={(event) => {
                    if (event.target !== event.currentTarget) return
                    if (event.key === 'Enter') open(row)
                    if (selectable && (event.key === ' ' || event.key === 'x')) {
                      event.preventDefault()
                      table.toggle(id)
                    }
                  }}
                  className={classes(
                    'group h-10 border-b border-line',
                    (hrefOf || onOpen) && 'hover:bg-hover',
                    (selected || openId === id) && 'bg-accent-soft',
                  )}
                >
                  {selectable && (
                    <td className="w-8 pl-2">
                      <Checkbox label={`Select ${labelOf(row)}`} checked={selected} onChange={() => table.toggle(id)} />
                    </td>
                  )}
                  {table.columns.map((column) => (
                    <td
                      key={column.key}
                      className={classes(
                        'px-2',
                        column.number && 'whitespace-nowrap text-right tabular',
                        column.desk && 'hidden md:table-cell',
                      )}
                    >
                      {column.cell(row)}
                    </td>
                  ))}
                  {actionsOf && (
                    <td className="w-9 pr-1 text-right">
                      <Menu
                        align="end"
                        trigger={
                          <IconButton label={`Actions on ${labelOf(row)}`}>
                            <Ellipsis />
                          </IconButton>
                        }
                        entries={actionsOf(row)}
                      />
                    </td>
                  )}
                </tr>
              )
            })}
          </tbody>
        </table>
        {rows !== undefined && table.shown.length === 0 && (
          <div className="flex items-center gap-3 px-2 py-8 text-muted text-sm">
            Nothing matches.
            <Button size="small" onClick={table.clearFilters}>
              Show all
            </Button>
          </div>
        )}
      </div>
    </div>
  )
}
