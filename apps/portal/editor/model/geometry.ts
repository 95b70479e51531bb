// Where are things on the canvas, how large, and where do links meet them? A position is the middle of a thing.

export interface Point {
  x: number
  y: number
}

export type Shape = 'host' | 'router' | 'gateway' | 'lan'

export const GRID = 20

export interface Size {
  width: number
  height: number
}

const HOST: Size = { width: 136, height: 44 }
const ROUTER: Size = { width: 52, height: 52 }
const LAN = { height: 12, least: 160, perLink: 28, most: 1200 }

/** A LAN's bar grows with what hangs from it. */
export function sizeOf(shape: Shape, links = 0): Size {
  if (shape === 'host') return HOST
  if (shape === 'router' || shape === 'gateway') return ROUTER
  return { width: Math.min(LAN.most, Math.max(LAN.least, links * LAN.perLink)), height: LAN.height }
}

export interface Body {
  shape: Shape
  center: Point
  size: Size
}

/** Links stop a little before what they meet. */
const GAP = 2

function edgeOfBox({ center, size }: Body, toward: Point): Point {
  const dx = toward.x - center.x
  const dy = toward.y - center.y
  if (dx === 0 && dy === 0) return center
  const scale = Math.min(
    (size.width / 2 + GAP) / (Math.abs(dx) || Number.EPSILON),
    (size.height / 2 + GAP) / (Math.abs(dy) || Number.EPSILON),
    1,
  )
  return { x: center.x + dx * scale, y: center.y + dy * scale }
}

function edgeOfCircle({ center, size }: Body, toward: Point): Point {
  const dx = toward.x - center.x
  const dy = toward.y - center.y
  const far = Math.hypot(dx, dy) || 1
  const radius = Math.min(size.width / 2 + GAP, far)
  return { x: center.x + (dx / far) * radius, y: center.y + (dy / far) * radius }
}

/** On the bar below or above what hangs from it, as far as the bar reaches. */
function hookOnBar({ center, size }: Body, toward: Point): Point {
  const reach = size.width / 2 - 10
  return { x: Math.max(center.x - reach, Math.min(center.x + reach, toward.x)), y: center.y }
}

const meet = (body: Body, toward: Point): Point =>
  body.shape === 'lan'
    ? hookOnBar(body, toward)
    : body.shape === 'router' || body.shape === 'gateway'
      ? edgeOfCircle(body, toward)
      : edgeOfBox(body, toward)

export interface Line {
  from: Point
  to: Point
  /** Of a bend: links between the same two things bow apart. */
  middle: Point
  bent: boolean
}

/** How far apart links between the same two things are in their middle. */
const APART = 26

/** `turn`: which of several parallel links this is, 0 in the middle: … −1, −0.5, 0, 0.5, 1 … */
export function lineBetween(a: Body, b: Body, turn: number): Line {
  // What hangs from a bar hangs straight: each end looks at where the other will be.
  const aim = (body: Body, other: Body): Point => (other.shape === 'lan' ? hookOnBar(other, body.center) : other.center)
  const [toB, toA] = [aim(a, b), aim(b, a)]
  const dx = toB.x - toA.x
  const dy = toB.y - toA.y
  const far = Math.hypot(dx, dy) || 1
  const bow = turn * APART
  const middle = {
    x: (toA.x + toB.x) / 2 + (-dy / far) * bow,
    y: (toA.y + toB.y) / 2 + (dx / far) * bow,
  }
  if (turn === 0) {
    const from = meet(a, toB)
    const to = meet(b, toA)
    return { from, to, middle: { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 }, bent: false }
  }
  return { from: meet(a, middle), to: meet(b, middle), middle, bent: true }
}

/** Through the middle, not merely toward it: a quadratic curve passes its control point at half the way. */
export function pathOf({ from, to, middle, bent }: Line): string {
  if (!bent) return `M${from.x} ${from.y}L${to.x} ${to.y}`
  const control = { x: 2 * middle.x - (from.x + to.x) / 2, y: 2 * middle.y - (from.y + to.y) / 2 }
  return `M${from.x} ${from.y}Q${control.x} ${control.y} ${to.x} ${to.y}`
}

/** A point `far` along from the first end, for what is written beside it. */
export function along({ from, middle, to }: Line, end: 'from' | 'to', far: number): Point {
  const [start, next] = end === 'from' ? [from, middle] : [to, middle]
  const length = Math.hypot(next.x - start.x, next.y - start.y) || 1
  const share = Math.min(far / length, 0.7)
  return { x: start.x + (next.x - start.x) * share, y: start.y + (next.y - start.y) * share }
}

/** Convex hull by Andrew's monotone chain, anticlockwise. */
export function hullOf(points: readonly Point[]): Point[] {
  const sorted = points.toSorted((p, q) => p.x - q.x || p.y - q.y)
  if (sorted.length < 3) return sorted
  const cross = (o: Point, a: Point, b: Point) => (a.x - o.x) * (b.y - o.y) - (a.y - o.y) * (b.x - o.x)
  const half = (list: readonly Point[]) => {
    const chain: Point[] = []
    for (const p of list) {
      for (;;) {
        const [o, a] = [chain.at(-2), chain.at(-1)]
        if (!o || !a || cross(o, a, p) > 0) break
        chain.pop()
      }
      chain.push(p)
    }
    return chain.slice(0, -1)
  }
  return [...half(sorted), ...half(sorted.toReversed())]
}

/** The corners of a body with room around it. */
export function cornersOf({ center, size }: Body, room: number): Point[] {
  const [w, h] = [size.width / 2 + room, size.height / 2 + room]
  return [
    { x: center.x - w, y: center.y - h },
    { x: center.x + w, y: center.y - h },
    { x: center.x + w, y: center.y + h },
    { x: center.x - w, y: center.y + h },
  ]
}

export const snap = (value: number): number => Math.round(value / GRID) * GRID
