import { type ApiClient, createApiClient } from './api-client.ts';
import { exitCodes } from './command.ts';
import { type Looks, painter } from './text/style.ts';
import { widthOf } from './text/wrap-words.ts';

/** Options of every command that asks a running headway. */
export const ASKING = { json: { type: 'boolean' }, url: { type: 'string' } } as const;

export type Asking = { readonly json?: boolean | undefined; readonly url?: string | undefined };

/** Their lines in the help; `json` says what comes as JSON. */
export function askingOptions(json: string) {
  return [
    ['--json', json],
    ['--url URL', 'the headway to ask; found by the folder otherwise'],
  ] as const;
}

/** The headway that is asked. @throws {CommandError} where none is found. */
export function apiFor({ url }: Asking): ApiClient {
  return createApiClient({ url, folder: process.cwd() });
}

/** Prints what was found, as JSON for who wants that, as text for people. Gives the exit code of what is done. */
export function show({ json }: Asking, found: unknown, text: (looks: Looks) => string): number {
  const looks = { paint: painter(process.stdout), width: widthOf(process.stdout) };
  process.stdout.write(`${json ? JSON.stringify(found, null, 2) : text(looks)}\n`);
  return exitCodes.done;
}
