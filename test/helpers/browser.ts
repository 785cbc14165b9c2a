import { existsSync } from 'node:fs';
import type { ExecutionContext } from 'ava';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const EXECUTABLE = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
/** Also as root and without a network of its own: a browser that speaks to nobody by itself. */
const ARGS = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];
/** Chromium's word for interfaces that came or went meanwhile, e.g. a container's; it says nothing of the page. */
const NETWORK_CHANGED = 'ERR_NETWORK_CHANGED';

export type Visit = {
  readonly page: Page;
  /** What the browser complained of. */
  readonly complaints: string[];
  /** Every address that was asked for something. */
  readonly origins: Set<string>;
  open(url: string): Promise<void>;
};

/** @throws when a browser was promised (`CI=true` and `HEADWAY_E2E=1`) and is not there. */
export async function launchBrowser(): Promise<Browser | undefined> {
  if (existsSync(EXECUTABLE))
    return chromium.launch({ executablePath: EXECUTABLE, headless: true, args: ARGS });
  if (process.env['CI'] === 'true' && process.env['HEADWAY_E2E'] === '1') {
    throw new Error(`Cannot run this test: "${EXECUTABLE}" is not there; install Chromium or set CHROMIUM`);
  }
  return undefined;
}

/** A tab of its own, closed after the test; nothing, aloud, where there is no browser. */
export async function newVisit(
  t: ExecutionContext,
  browser: Browser | undefined,
  options: BrowserContextOptions = {},
): Promise<Visit | undefined> {
  if (browser === undefined) {
    t.log(`skipped: no Chromium at ${EXECUTABLE}; set CHROMIUM`);
    t.pass();
    return undefined;
  }
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  t.teardown(() => context.close());
  const page = await context.newPage();
  const complaints: string[] = [];
  const origins = new Set<string>();
  page.on('console', message => {
    if (message.type() === 'error' && !message.text().includes(NETWORK_CHANGED))
      complaints.push(message.text());
  });
  page.on('pageerror', error => complaints.push(String(error)));
  page.on('request', request => origins.add(new URL(request.url()).origin));
  return { page, complaints, origins, open: url => open(page, url) };
}

/** Opens the page until its own script has drawn something. */
async function open(page: Page, url: string): Promise<void> {
  for (let tries = 3; tries > 0; tries -= 1) {
    await page.goto(url);
    const drawn = page.locator('#services, form.hero').first();
    const found = await drawn.waitFor({ timeout: 5_000 }).then(
      () => true,
      () => false,
    );
    if (found) return;
  }
  throw new Error(`Cannot open "${url}": the page draws nothing`);
}
