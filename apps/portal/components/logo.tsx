/** A trellis of three: two that are joined directly, and the third by way of both. */
export function Logo({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden className={className}>
      <path d="M5 6h14M5 6l7 12L19 6" fill="none" stroke="currentColor" strokeWidth="1.75" className="text-faint" />
      <circle cx="5" cy="6" r="3" className="fill-accent" />
      <circle cx="19" cy="6" r="3" className="fill-accent" />
      <circle cx="12" cy="18" r="3" className="fill-accent" />
    </svg>
  )
}
