const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** Up to 100 bytes as they are (`97 B`), more in SI units with one decimal: `4.3 kB`, `6.1 GB`. */
export function formatSize(bytes: number): string {
  if (bytes <= 100) return `${bytes} B`;
  const power = Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.length - 1);
  return `${(bytes / 1_000 ** power).toFixed(1)} ${UNITS[power]}`;
}

/** `1h2m3s`: what is zero is left out, but for the seconds. Longer than a day: `1d2h3m4s`. */
export function formatElapsed(milliseconds: number): string {
  const all = Math.max(0, Math.floor(milliseconds / 1_000));
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(all / 86_400), 'd'],
    [Math.floor(all / 3_600) % 24, 'h'],
    [Math.floor(all / 60) % 60, 'm'],
  ];
  const words = parts.map(([count, unit]) => (count === 0 ? '' : `${count}${unit}`));
  return `${words.join('')}${all % 60}s`;
}
