import type { z } from 'zod';
import { Service } from '../../shared/domain/documents/service.ts';
import { Tag } from '../../shared/domain/documents/tag.ts';
import { ASKING, type Asking, apiFor, askingOptions, show } from './asking.ts';
import { UsageError } from './command.ts';
import { userOfMachine } from './user-of-machine.ts';

/** Options of every command that says a person's last word. */
export const TELLING = { ...ASKING, by: { type: 'string' } } as const;
/** And why. */
export const TELLING_WHY = { ...TELLING, why: { type: 'string' } } as const;
export const TELLING_OPTIONS = [
  ['--by WHO', 'who says so, for the record; the user of this machine by default'],
  ...askingOptions('what came of it as JSON'),
] as const;
export const WHY = ['--why WORDS', 'why, for whoever looks at it later'] as const;

export type Telling = Asking & { readonly by?: string | undefined };

/** What a word is said over. */
export type Subject =
  | { readonly kind: 'service'; readonly name: string; readonly path: string }
  | { readonly kind: 'tag'; readonly name: string; readonly path: string };

/** `TARGET/SERVICE` or `IMAGE:TAG`. @throws {UsageError} for any other word, or for more than one. */
export function subjectOf(verb: string, words: readonly string[]): Subject {
  const [name = '', ...more] = words;
  const [, image, tag] = /^([^/:]+):([^/:]+)$/.exec(name) ?? [];
  const [, target, service] = /^([^/]+)\/(.+)$/.exec(name) ?? [];
  if (more.length === 0 && image !== undefined && tag !== undefined) {
    return { kind: 'tag', name, path: `tags/${encodeURIComponent(image)}/${encodeURIComponent(tag)}` };
  }
  if (more.length === 0 && target !== undefined && service !== undefined) {
    const path = `services/${encodeURIComponent(target)}/${encodeURIComponent(service)}`;
    return { kind: 'service', name, path };
  }
  throw new UsageError(
    `${verb} takes one service as TARGET/SERVICE, such as cluster/web, or one tag as IMAGE:TAG, such as web:prod`,
  );
}

export type Told = { readonly service?: Service; readonly tag?: Tag };

/** Says it through the API, and prints what came of it. */
export async function tell(
  { kind, path }: Subject,
  verb: string,
  {
    values,
    wish,
    says,
  }: { readonly values: Telling; readonly wish: object; readonly says: (told: Told) => string },
): Promise<number> {
  const api = apiFor(values);
  const body = { by: values.by ?? userOfMachine(), ...wish };
  const ask = <T>(schema: z.ZodType<T>) => api.post(`${path}/${verb}`, schema, body);
  const told: Told = kind === 'service' ? { service: await ask(Service) } : { tag: await ask(Tag) };
  return show(values, told.service ?? told.tag, () => says(told));
}
