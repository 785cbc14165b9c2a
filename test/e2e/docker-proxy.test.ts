import { get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import type { ServiceConfiguration } from '../../shared/domain/configuration/schema.ts';
import type { Digest } from '../../shared/domain/names/digest.ts';
import { targetContract } from '../contracts/target.ts';
import { type Caddy, startCaddy } from '../helpers/caddy.ts';
import { type DockerPlace, openDockerPlace, removeBuiltImages } from '../helpers/docker-place.ts';
import { type Loaded, startLoad } from '../helpers/steady-load.ts';

const HOST = 'shop.test';
const ROUTES = [{ host: HOST, port: 8000 }];
const DEPLOYS = 20;

type Behind = { readonly place: DockerPlace; readonly caddy: Caddy };
type By = keyof Caddy['proxies'];

test.after.always(removeBuiltImages);

targetContract(test.serial, 'the docker target behind Caddy', async t => (await open(t, {}))?.place);

test.serial(`no request fails in ${DEPLOYS} deploys, on kept connections and on new ones`, async t => {
  await behindCaddy(t, {}, async behind => {
    const { kept, made } = await underLoad(behind);
    t.deepEqual({ kept: kept.failures, made: made.failures }, { kept: {}, made: {} });
    for (const { pages } of [kept, made]) t.true(Number(pages['one']) > 50 && Number(pages['two']) > 50);
    t.log(`kept connections ${total(kept.pages)} answers, new ones ${total(made.pages)}, none failed`);
  });
});

test.serial('without a folder Caddy cuts some connections in a deploy, and no answer is wrong', async t => {
  await behindCaddy(t, { by: 'configuration' }, async behind => {
    const { kept, made } = await underLoad(behind);
    for (const { failures } of [kept, made]) {
      t.deepEqual(
        Object.keys(failures).filter(failure => !/^0 E(?:CONNRESET|PIPE)/.test(failure)),
        [],
      );
    }
    const cut = `kept ${total(kept.failures)} of ${total(kept.pages)}, new ${total(made.failures)} of ${total(made.pages)}`;
    t.log(`connections that Caddy cut in ${DEPLOYS} deploys: ${cut}`);
  });
});

test.serial('a request that is under way is answered by the container that has it', async t => {
  await behindCaddy(t, {}, async ({ place, caddy }) => {
    await deploy(place, place.digests.v1);
    const script =
      "RUN mkdir -p /www/cgi-bin && printf '#!/bin/sh\\necho; sleep 1; echo slow\\n' > /www/cgi-bin/slow && chmod +x /www/cgi-bin/slow\n";
    const slow = await place.make(
      'slow-page',
      `${script}CMD ["httpd", "-f", "-p", "8000", "-h", "/www"]\nSTOPSIGNAL SIGKILL\n`,
    );
    await deploy(place, slow);
    const asked = page(caddy, '/cgi-bin/slow');
    const started = performance.now();
    await deploy(place, place.digests.v2);
    t.true(performance.now() - started > 1_000, 'it was given the time');
    t.is(await asked, '200 slow');
    t.is(await page(caddy), '200 two');
  });
});

test.serial('a bad image gets no request', async t => {
  await behindCaddy(t, {}, async ({ place, caddy }) => {
    await deploy(place, place.digests.v1);
    t.like(await deploy(place, place.digests.bad), { kind: 'failed' });
    t.is(await page(caddy), '200 one');
  });
});

for (const by of ['files', 'configuration'] as const) {
  test.serial(
    `a Caddy that forgot everything is told again when the service is looked at (${by})`,
    async t => {
      await behindCaddy(t, { by }, async ({ place, caddy }) => {
        await deploy(place, place.digests.v1);
        await caddy.stop();
        const down = await place.observe();
        t.true(
          down.state === 'unhealthy' &&
            /^Cannot set the routes of "\S+" in Caddy: .*ECONNREFUSED/.test(down.reason),
        );
        const refused = await t.throwsAsync(deploy(place, place.digests.v2));
        t.regex(refused.message, /^Cannot set the routes of .*see whether http:\S+ is up and reachable$/);
        await caddy.start();
        t.is((await deploy(place, place.digests.v1)).kind, 'accepted');
        t.is(await page(caddy), '200 one');
        await caddy.stop();
        await caddy.start();
        t.deepEqual(await place.observe(), { state: 'running', digest: place.digests.v1 });
        t.is(await page(caddy), '200 one');
      });
    },
  );
}

test.serial('routes are changed and taken away without another container', async t => {
  await behindCaddy(t, {}, async ({ place, caddy }) => {
    await deploy(place, place.digests.v1);
    const trace = await place.trace();
    await deploy(place, place.digests.v1, { routes: [{ host: HOST, path: '/shop', port: 8000 }] });
    t.is(await page(caddy, '/index.html'), '200 ');
    t.regex(await page(caddy, '/shop'), /^404 /);
    await deploy(place, place.digests.v1, { routes: [] });
    t.is(await page(caddy, '/shop'), '200 ');
    t.deepEqual(await place.trace(), trace);
  });
});

/** Two loads at once, over as many deploys, each to the other image, while the service is looked at all the time. */
async function underLoad({
  place,
  caddy,
}: Behind): Promise<{ readonly kept: Loaded; readonly made: Loaded }> {
  await deploy(place, place.digests.v1);
  const load = { url: caddy.url, host: HOST, clients: 4 };
  const loads = [startLoad({ ...load, keepAlive: true }), startLoad({ ...load, keepAlive: false })] as const;
  const looking = lookUntil(place);
  for (let count = 0; count < DEPLOYS; count += 1) {
    await deploy(place, count % 2 === 0 ? place.digests.v2 : place.digests.v1);
  }
  await looking.stop();
  const [kept, made] = await Promise.all([loads[0].stop(), loads[1].stop()]);
  return { kept, made };
}

/** Whoever looks at a service mends its routes, and must not do so against a deploy that is under way. */
function lookUntil(place: DockerPlace): { stop(): Promise<void> } {
  let looking = true;
  const looked = (async () => {
    while (looking) {
      await place.observe();
      await sleep(50);
    }
  })();
  return {
    async stop() {
      looking = false;
      await looked;
    },
  };
}

async function deploy(
  { target, name, service, image }: DockerPlace,
  digest: Digest,
  more: Partial<ServiceConfiguration> = {},
) {
  const order = { name, service: { ...service, ...more }, image: { ...image, digest } };
  return await target.deploy(order, AbortSignal.timeout(60_000));
}

async function open(
  t: ExecutionContext,
  { by = 'files' }: { readonly by?: By },
): Promise<Behind | undefined> {
  const caddy = await startCaddy(t);
  if (caddy === undefined) return undefined;
  const proxy = { proxy: caddy.proxies[by], drain: by === 'files' ? '2s' : '500ms' };
  const place = await openDockerPlace(t, { routes: ROUTES }, proxy);
  return place === undefined ? undefined : { place, caddy };
}

async function behindCaddy(
  t: ExecutionContext,
  how: { readonly by?: By },
  use: (behind: Behind) => Promise<void>,
): Promise<void> {
  const behind = await open(t, how);
  if (behind === undefined) {
    t.pass();
    return;
  }
  try {
    await use(behind);
  } finally {
    await behind.place.close();
  }
}

/** Status and text on one line. */
function page({ url }: Caddy, path = '/'): Promise<string> {
  return new Promise((done, fail) => {
    get(`${url}${path}`, { headers: { host: HOST } }, response => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () =>
        done(
          `${response.statusCode} ${text
            .replaceAll(/<[^>]*>/g, ' ')
            .replaceAll(/\s+/g, ' ')
            .trim()}`,
        ),
      );
    }).on('error', fail);
  });
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
