/**
 * The texts and numbers at a JSON pointer, numbers as text; of a list there, every item. Unlike in RFC 6901 a step
 * `*` is every item of a list. None where it leads nowhere.
 * https://www.rfc-editor.org/rfc/rfc6901
 */
export function readPointer(value: unknown, pointer: string): string[] {
  const steps = pointer.split('/').slice(1).map(plain);
  const found = steps.reduce<unknown[]>((values, step) => values.flatMap(of => below(of, step)), [value]);
  return found
    .flatMap((item): unknown[] => (Array.isArray(item) ? item : [item]))
    .filter(item => typeof item === 'string' || typeof item === 'number')
    .map(String);
}

function below(value: unknown, step: string): unknown[] {
  if (Array.isArray(value)) return step === '*' ? value : value.slice(Number(step), Number(step) + 1);
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return [];
  return [Reflect.get(value, step)];
}

function plain(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~');
}
