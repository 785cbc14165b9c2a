import type { Remark } from './settle-parents.ts';

/** `images/web/Dockerfile:2: stands on …`, as editors and terminals link it. */
export function remarkText({ file, line, message }: Remark): string {
  return `${file}${line === undefined ? '' : `:${line}`}: ${message}`;
}
