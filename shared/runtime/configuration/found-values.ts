import { quoted } from '../../domain/configuration/mistake.ts';

type Path = readonly (string | number)[];
type Found = {
  /** What to say was found; nothing where even that would tell of a secret. */
  readonly text: string | undefined;
  /** The scalar itself, where it may be shown. */
  readonly value: string | undefined;
};

/**
 * Fields whose value is never shown: what stands there may be a secret that should have been a reference, or hold
 * one (a URL with credentials, a build argument, a token given as the name of a user).
 */
const HIDDEN = new Set(['password', 'secret', 'username', 'url', 'host', 'command', 'environment', 'args']);

/** The value at a path of plain data; nothing where the path leads nowhere. */
export function valueAt(data: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, step)
        ? Reflect.get(value, step)
        : undefined,
    data,
  );
}

/** What stands at a path, for a person. A scalar is shown only where a scalar was expected. */
export function foundAt(data: unknown, path: Path, wantsScalar: boolean): Found {
  const value = valueAt(data, path);
  if (value === null || value === '') return { text: 'nothing', value: undefined };
  if (Array.isArray(value))
    return { text: value.length === 0 ? 'an empty list' : 'a list', value: undefined };
  if (typeof value === 'object') return { text: 'a mapping', value: undefined };
  const isHidden = isHiddenPlace(path);
  if (!wantsScalar || isHidden) return { text: isHidden ? undefined : kindOf(value), value: undefined };
  const text = String(value);
  return { text: typeof value === 'string' ? quoted(text) : `${text} (${kindOf(value)})`, value: text };
}

/** Of `services.web.environment.KEY` the third and fourth step count; the second is a name and says nothing. */
export function isHiddenPlace(path: Path): boolean {
  return path.some((step, index) => index !== 1 && typeof step === 'string' && HIDDEN.has(step));
}

function kindOf(value: unknown): string {
  if (typeof value === 'string') return 'text';
  return typeof value === 'boolean' ? 'true or false' : 'a number';
}
