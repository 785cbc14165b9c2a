import { quoted } from '../../domain/configuration/mistake.ts';

/** `tags.prod.images[0]`; a name that is not a plain word stands in quotes: `registries."ghcr.io".password`. */
export function formatPath(path: readonly (string | number)[]): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    const word = /^[\w-]+$/.test(step) ? step : quoted(step);
    return text === '' ? word : `${text}.${word}`;
  }, '');
}
