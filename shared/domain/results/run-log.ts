import type { BuildStep } from '../documents/build.ts';

/**
 * What was done to an image, as DataHub's `run.log` has it: lines `LEVEL:message`, each step with its time, and at
 * the end what it failed of.
 *
 * @param message empty after a success.
 */
export function runLog(steps: readonly BuildStep[], message: string): string {
  const end = message === '' ? [] : [line('ERROR', message)];
  return [...steps.map(lineOf), ...end].map(each => `${each}\n`).join('');
}

function lineOf({ name, seconds, message }: BuildStep): string {
  if (seconds === undefined) return line('WARNING', message ?? name);
  const took = `${seconds.toFixed(1)} s`;
  return message === undefined
    ? line('INFO', `${name} took ${took}`)
    : line('ERROR', `${name} ${message} after ${took}`);
}

function line(level: 'INFO' | 'WARNING' | 'ERROR', message: string): string {
  return `${level}:${message.replaceAll(/\s+/g, ' ').trim()}`;
}
