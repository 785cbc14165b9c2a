const UNITS = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 } as const;

/** Bytes of an amount as the configuration and Docker write it: `512m`, `4g`; not a number for other text. */
export function bytesOf(memory: string): number {
  const [, count, unit = ''] = /^(\d+)([kmg])$/.exec(memory) ?? [];
  return Number(count) * (UNITS[unit as keyof typeof UNITS] ?? Number.NaN);
}
