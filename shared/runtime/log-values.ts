export type Printing = {
  readonly redact: (text: string) => string;
  /** Whether errors show where they came from. */
  readonly stacks: boolean;
};

const MAX_DEPTH = 8;

/**
 * The value as JSON can hold it, without secrets: errors with their causes, dates as RFC 3339, bytes by their
 * number; what refers to itself, is nested without end or cannot be read is named instead. Never throws.
 */
export function printable(value: unknown, how: Printing, seen: readonly unknown[] = []): unknown {
  switch (typeof value) {
    case 'string':
      return how.redact(value);
    case 'number':
    case 'bigint':
      return number(value, how);
    case 'boolean':
      return value;
    case 'object':
      return value === null ? null : guarded(value, how, seen);
    default:
      return undefined;
  }
}

/** A secret may be nothing but digits. */
function number(value: number | bigint, { redact }: Printing): unknown {
  const text = redact(String(value));
  return typeof value === 'bigint' || text !== String(value) || !Number.isFinite(value) ? text : value;
}

function guarded(value: object, how: Printing, seen: readonly unknown[]): unknown {
  if (seen.includes(value)) return '[circular]';
  if (seen.length >= MAX_DEPTH) return '[nested deeper]';
  try {
    return object(value, how, [...seen, value]);
  } catch {
    return '[cannot be read]';
  }
}

function object(value: object, how: Printing, seen: readonly unknown[]): unknown {
  if (value instanceof Error) return error(value, how, seen);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof URL) return how.redact(value.href);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (value instanceof Map || value instanceof Set) return printable([...value], how, seen);
  if (Array.isArray(value)) return value.map((item: unknown) => printable(item, how, seen) ?? null);
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [how.redact(name), printable(field, how, seen)]),
  );
}

function error(value: Error, how: Printing, seen: readonly unknown[]): unknown {
  const { name, message, cause, stack } = value;
  return {
    name: how.redact(String(name)),
    message: how.redact(String(message)),
    ...('code' in value && { code: printable(value.code, how, seen) }),
    ...(value instanceof AggregateError && { errors: printable(value.errors, how, seen) }),
    ...(cause !== undefined && { cause: printable(cause, how, seen) }),
    ...(how.stacks && stack !== undefined && { stack: how.redact(stack) }),
  };
}
