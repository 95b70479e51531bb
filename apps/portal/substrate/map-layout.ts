// Where are servers on the picture of the substrate? Where they stand in the world, if anybody has said; else in a ring.

export interface Place {
  id: string
  latitude: number
  longitude: number
}

export interface Spot {
  x: number
  y: number
}

export interface MapSize {
  width: number
  height: number
  /** Kept free around, for names. */
  edge: number
}

const RING_STEP = 34
const MOST_STRETCH = 1.8

/** Those in one place stand around it, so that each can be seen. */
function apart(places: readonly Place[], at: (place: Place) => Spot): Map<string, Spot> {
  const groups = new Map<string, Place[]>()
  for (const place of places) {
    const { x, y } = at(place)
    const key = `${Math.round(x / 24)} ${Math.round(y / 24)}`
    groups.set(key, [...(groups.get(key) ?? []), place])
  }
  const spots = new Map<string, Spot>()
  for (const group of groups.values())
    group.forEach((place, i) => {
      const { x, y } = at(place)
      const turn = (i / group.length) * 2 * Math.PI
      const far = group.length > 1 ? RING_STEP : 0
      spots.set(place.id, { x: x + Math.cos(turn) * far, y: y + Math.sin(turn) * far })
    })
  return spots
}

export function layMap(places: readonly Place[], { width, height, edge }: MapSize): Map<string, Spot> {
  const known = new Set(places.map((p) => `${p.latitude} ${p.longitude}`))
  if (known.size < 2)
    return new Map(
      places.map((place, i) => {
        const turn = (i / Math.max(1, places.length)) * 2 * Math.PI - Math.PI / 2
        const [rx, ry] = places.length > 1 ? [width / 2 - edge * 2, height / 2 - edge] : [0, 0]
        return [place.id, { x: width / 2 + Math.cos(turn) * rx, y: height / 2 + Math.sin(turn) * ry }]
      }),
    )
  const longitudes = places.map((p) => p.longitude)
  // Degrees of longitude are narrower away from the equator; one scale for all of the picture is near enough.
  const middle = places.reduce((sum, p) => sum + p.latitude, 0) / places.length
  const narrow = Math.cos((middle * Math.PI) / 180)
  const latitudes = places.map((p) => p.latitude / narrow)
  const [west, east] = [Math.min(...longitudes), Math.max(...longitudes)]
  const [south, north] = [Math.min(...latitudes), Math.max(...latitudes)]
  const [wide, high] = [(width - 2 * edge) / (east - west || 1), (height - 2 * edge) / (north - south || 1)]
  const scale = Math.min(wide, high)
  // A picture that is wider than the land is stretched a little, so that words find room.
  const scaleX = Math.min(wide, scale * MOST_STRETCH)
  const [padX, padY] = [(width - (east - west) * scaleX) / 2, (height - (north - south) * scale) / 2]
  return apart(places, (place) => ({
    x: padX + (place.longitude - west) * scaleX,
    y: padY + (north - place.latitude / narrow) * scale,
  }))
}
