import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import type { Asset, Assets } from '../../ports/assets.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The modules of lit-html that the page needs, each with what it imports itself. */
const LIT = ['lit-html.js', 'directive.js', 'directive-helpers.js', 'directives/repeat.js'];

/**
 * Reads the page once: `index.html` at `/`, every other file at `/page/…`, and lit-html beside them. Browsers do
 * not find packages by name, and an import map would be inline script, so the names become paths here.
 */
export async function readPageAssets(folder: URL): Promise<Assets> {
  const names = await readdir(folder, { recursive: true });
  const own = names
    .filter(name => TYPES[extname(name)] !== undefined)
    .map(async name => {
      const body = await readFile(new URL(name, folder));
      return [placeOf(name), asset(name, extname(name) === '.js' ? withPaths(body) : body)] as const;
    });
  const lit = new URL('../', import.meta.resolve('lit-html'));
  const vendor = LIT.map(async name => {
    const body = await readFile(new URL(name, lit));
    return [`/page/lit-html/${name}`, asset(name, withoutSourceMap(body))] as const;
  });
  return new Map(await Promise.all([...own, ...vendor]));
}

function placeOf(name: string): string {
  return name === 'index.html' ? '/' : `/page/${name.replaceAll('\\', '/')}`;
}

function asset(name: string, body: Uint8Array): Asset {
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
  return { type: TYPES[extname(name)] ?? 'application/octet-stream', body, etag };
}

/** `from 'lit-html'` and `from 'lit-html/…'`, as the page's own modules write them. */
function withPaths(body: Buffer): Buffer {
  const text = body
    .toString()
    .replaceAll(/from 'lit-html'/g, "from '/page/lit-html/lit-html.js'")
    .replaceAll(/from 'lit-html\//g, "from '/page/lit-html/");
  return Buffer.from(text);
}

/** The maps are not served, and a browser would ask for them. */
function withoutSourceMap(body: Buffer): Buffer {
  return Buffer.from(body.toString().replace(/\/\/# sourceMappingURL=.*\s*$/, ''));
}
