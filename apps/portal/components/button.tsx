import { LoaderCircle } from 'lucide-react'
import Link from 'next/link'
import type { ButtonHTMLAttributes, ComponentProps, ReactNode, Ref } from 'react'
import { classes } from './classes'

/** `primary`: the one next thing to do; at most one on a page. */
type Look = 'primary' | 'plain' | 'quiet' | 'danger'
type Size = 'small' | 'medium'

const LOOKS: Record<Look, string> = {
  primary: 'bg-accent text-on-accent hover:bg-accent-hover border border-transparent',
  plain: 'bg-raised text-ink border border-line-strong hover:bg-hover',
  quiet: 'bg-transparent text-muted border border-transparent hover:bg-hover hover:text-ink',
  danger: 'bg-raised text-failed border border-line-strong hover:bg-failed-soft hover:border-failed',
}

const SIZES: Record<Size, string> = { small: 'h-7 px-2 text-sm gap-1.5', medium: 'h-8 px-3 text-sm gap-2' }

const look = (variant: Look, size: Size, extra?: string) =>
  classes(
    'inline-flex shrink-0 select-none items-center justify-center rounded-md font-medium whitespace-nowrap transition-colors',
    'disabled:opacity-50 disabled:pointer-events-none aria-disabled:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0',
    LOOKS[variant],
    SIZES[size],
    extra,
  )

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  variant?: Look
  size?: Size
  /** Asked for and not answered yet: shows that it works, and cannot be asked twice. */
  busy?: boolean
  icon?: ReactNode
  ref?: Ref<HTMLButtonElement>
}

export function Button({ variant = 'plain', size = 'medium', busy, icon, children, className, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      disabled={busy === true || rest.disabled === true}
      aria-busy={busy || undefined}
      className={look(variant, size, className)}
    >
      {busy ? <LoaderCircle className="animate-spin" aria-hidden /> : icon}
      {children}
    </button>
  )
}

interface LinkProps extends ComponentProps<typeof Link> {
  variant?: Look
  size?: Size
  icon?: ReactNode
}

export function ButtonLink({ variant = 'plain', size = 'medium', icon, children, className, ...rest }: LinkProps) {
  return (
    <Link {...rest} className={look(variant, size, className)}>
      {icon}
      {children}
    </Link>
  )
}

interface IconButtonProps extends Omit<ButtonProps, 'icon' | 'children'> {
  /** What it does, in words: for screen readers and, as a tooltip, for everyone. */
  label: string
  pressed?: boolean
  children: ReactNode
}

export function IconButton({ label, pressed, variant = 'quiet', size = 'small', className, ...rest }: IconButtonProps) {
  const square = size === 'small' ? 'w-7 !px-0' : 'w-8 !px-0'
  return (
    <Button
      {...rest}
      variant={variant}
      size={size}
      aria-label={label}
      aria-pressed={pressed}
      className={classes(square, pressed && '!bg-accent-soft !text-accent-ink', className)}
    />
  )
}
