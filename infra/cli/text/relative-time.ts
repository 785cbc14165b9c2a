const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** How long ago a moment was: `3 min ago`; `now` within the second; `-` for none. */
export function relativeTime(instant: string | undefined, now: number): string {
  if (instant === undefined) return '-';
  const distance = now - Date.parse(instant);
  const [unit, size] = UNITS.find(([, milliseconds]) => Math.abs(distance) >= milliseconds) ?? ['s', 1_000];
  const count = Math.floor(Math.abs(distance) / size);
  if (count === 0) return 'now';
  return distance >= 0 ? `${count} ${unit} ago` : `in ${count} ${unit}`;
}
