import { type ReactNode, useId } from 'react'
import { classes } from '../../components/classes'

/** A control in a row of the dock, its name above it. */
export function DockField({
  label,
  className,
  children,
}: {
  label: ReactNode
  /** Its width. */
  className: string
  children: (id: string) => ReactNode
}) {
  const id = useId()
  return (
    <div className={classes('flex flex-col gap-0.5', className)}>
      <label htmlFor={id} className="text-faint text-xs">
        {label}
      </label>
      {children(id)}
    </div>
  )
}
