import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import type { SwarmService } from '../../shared/adapters/targets/swarm/service.ts';
import type { Digest } from '../../shared/domain/names/digest.ts';
import { removeBuiltImages, serving } from '../helpers/docker-place.ts';
import { openSwarmPlace, type SwarmPlace, untilSettled } from '../helpers/swarm-place.ts';

const SECOND = 1_000_000_000;

test.after.always(removeBuiltImages);

test.serial('an update changes nothing of the specification but the digest', async t => {
  const spec = {
    Labels: { 'com.docker.stack.image': 'web:prod', odd: 'Ω "quoted"' },
    RollbackConfig: { Parallelism: 3, MaxFailureRatio: 0.25, Order: 'start-first' },
    EndpointSpec: { Mode: 'dnsrr' },
  };
  await withPlace(t, { spec }, async place => {
    await untilSettled(place);
    const before = (await place.inspect()).Spec;
    await deploy(place, place.digests.v1);
    const { Spec, ...after } = await place.inspect();
    const text = JSON.stringify(before);
    t.is(JSON.stringify(Spec), text.replace(place.v0, place.digests.v1), 'tag, order, every other field');
    t.is(JSON.stringify(after['PreviousSpec']), text, 'what a rollback by hand goes back to');
    await deploy(place, place.digests.v1);
    t.is(JSON.stringify((await place.inspect())['PreviousSpec']), text, 'a repeat leaves it');
  });
});

test.serial('a service that somebody changes at the same time gets both changes', async t => {
  await withPlace(t, {}, async place => {
    const labels = Array.from({ length: 8 }, (_, index) => `by-hand-${index}`);
    const byHand = async (label: string) => {
      for (;;) {
        const changed = place.change(old => ({ ...old, Labels: { ...old.Labels, [label]: 'yes' } }));
        if ((await changed.catch(() => 'out of sequence')) === undefined) return;
      }
    };
    const [answer] = await Promise.all([
      deploy(place, place.digests.v1),
      (async () => {
        for (const label of labels) await byHand(label);
      })(),
    ]);
    t.deepEqual(answer, { kind: 'accepted' });
    const { Labels, TaskTemplate } = (await place.inspect()).Spec;
    t.deepEqual(Object.keys(Labels ?? {}).sort(), labels);
    t.true(TaskTemplate.ContainerSpec?.Image.endsWith(`:prod@${place.digests.v1}`));
  });
});

test.serial('two deploys at once end with one of the two, and both are answered', async t => {
  await withPlace(t, {}, async place => {
    const { v1, v2 } = place.digests;
    const answers = await Promise.all([deploy(place, v1), deploy(place, v2), deploy(place, v1)]);
    t.true(answers.every(({ kind }) => kind === 'accepted'));
    const seen = await untilSettled(place);
    t.true(seen.state === 'running' && [v1, v2].includes(seen.digest), JSON.stringify(seen));
  });
});

test.serial('several replicas run only when every one of them runs the digest', async t => {
  const spec = {
    Mode: { Replicated: { Replicas: 3 } },
    UpdateConfig: { Parallelism: 1, Order: 'stop-first', Monitor: SECOND / 4 },
  };
  await withPlace(t, { spec }, async place => {
    await untilSettled(place);
    await deploy(place, place.digests.v1);
    const meanwhile = await place.observe();
    t.true(meanwhile.state === 'updating' && /\d of 3 tasks run/.test(meanwhile.reason));
    t.deepEqual(await untilSettled(place), { state: 'running', digest: place.digests.v1 });
    const images = (await place.tasks()).map(({ Spec }) => Spec.ContainerSpec.Image);
    t.is(images.length, 3);
    t.true(images.every(image => image.endsWith(place.digests.v1)));
  });
});

test.serial(
  'an update that Swarm rolls back by itself has failed, and the old digest can be asked for',
  async t => {
    const monitor = { Parallelism: 1, Monitor: SECOND / 4 };
    const spec = {
      UpdateConfig: { ...monitor, Order: 'start-first', FailureAction: 'rollback' },
      RollbackConfig: { ...monitor, Order: 'start-first' },
    };
    await withPlace(t, { spec }, async place => {
      await untilSettled(place);
      await deploy(place, place.digests.bad);
      const seen = await untilSettled(place);
      t.true(seen.state === 'failed' && /rolled service "\S+" back: .*non-zero exit \(7\)/.test(seen.reason));
      t.is(await place.there(), place.v0);
      const expected = { ...place.image, digest: place.v0 };
      t.like(await place.target.observe(place.name, place.service, expected), { state: 'running' });
      await deploy(place, place.v0);
      t.deepEqual(await untilSettled(place), { state: 'running', digest: place.v0 });
    });
  },
);

test.serial('an image that never becomes healthy fails, and the old one goes on all the while', async t => {
  await withPlace(t, {}, async place => {
    await untilSettled(place);
    const check = 'HEALTHCHECK --interval=300ms --retries=1 CMD ["sh", "-c", "exit 1"]\n';
    await deploy(place, await place.make('ill', serving('ill', check)));
    const there = new Set<Digest | undefined>();
    const seen = await untilSettled({
      async observe() {
        there.add(await place.there());
        return await place.observe();
      },
    });
    t.true(
      seen.state === 'failed' && /paused the update .*unhealthy container/.test(seen.reason),
      JSON.stringify(seen),
    );
    t.deepEqual([...there], [place.v0]);
  });
});

test.serial('a service whose tasks end again and again is unhealthy, with what they said', async t => {
  await withPlace(t, {}, async place => {
    const spec = { UpdateConfig: { Parallelism: 0, Order: 'stop-first', FailureAction: 'continue' } };
    await place.change(old => ({ ...old, ...spec }));
    await untilSettled(place);
    await deploy(place, place.digests.bad);
    const seen = await untilSettled(place);
    t.true(seen.state === 'unhealthy' && /0 of 1 tasks run; .*non-zero exit \(7\)/.test(seen.reason));
  });
});

test.serial('a digest that the registry does not have fails before anything is touched', async t => {
  await withPlace(t, {}, async place => {
    const { Version } = await place.inspect();
    const answer = await deploy(place, `sha256:${'0'.repeat(64)}`);
    t.true(answer.kind === 'failed' && /^Cannot pull "\S+": .*manifest unknown/.test(answer.reason));
    t.deepEqual((await place.inspect()).Version, Version);
  });
});

test.serial('a login goes with the update, so that the nodes may pull', async t => {
  const credentials = async () => ({ username: 'ann', password: 'open sesame' });
  await withPlace(t, { credentials }, async place => {
    const host = await guarded(t, place.image.registry, 'ann:open sesame');
    const image = { registry: host, repository: place.image.repository };
    const order = { name: place.name, service: place.service };
    await place.change(old => pinnedTo(old, `${host}/${image.repository}@${place.v0}`));
    const digest = await place.make('secret', 'RUN echo private > /private\nCMD ["sleep", "1000"]\n');
    await place.docker
      .getImage(`${place.image.registry}/${image.repository}@${digest}`)
      .remove({ force: true });
    const { target } = place;
    t.deepEqual(await target.deploy({ ...order, image: { ...image, digest } }, AbortSignal.timeout(30_000)), {
      kind: 'accepted',
    });
    const seen = await untilSettled({ observe: () => target.observe(place.name, place.service, image) });
    t.deepEqual(seen, { state: 'running', digest });
  });
});

test.serial('without a login of ours the one that the service has is kept', async t => {
  await withPlace(t, {}, async place => {
    const host = await guarded(t, place.image.registry, 'bob:swordfish');
    const image = { registry: host, repository: place.image.repository };
    await place.change(old => pinnedTo(old, `${host}/${image.repository}:prod@${place.v0}`), {
      username: 'bob',
      password: 'swordfish',
      serveraddress: host,
    });
    const digest = await place.make('kept', 'RUN echo kept > /kept\nCMD ["sleep", "1000"]\n');
    await place.docker
      .getImage(`${place.image.registry}/${image.repository}@${digest}`)
      .remove({ force: true });
    const { target, name, service } = place;
    await target.deploy({ name, service, image: { ...image, digest } }, AbortSignal.timeout(30_000));
    const seen = await untilSettled({ observe: () => target.observe(name, service, image) });
    t.deepEqual(seen, { state: 'running', digest });
  });
});

test.serial('what is not there, is scaled to nothing or runs another image is not deployed', async t => {
  await withPlace(t, {}, async place => {
    const { target, service, image, name } = place;
    const digest = place.digests.v1;
    const ask = (change: object, at = image) => {
      const order = { name, service: { ...service, ...change }, image: { ...at, digest } };
      return target.deploy(order, AbortSignal.timeout(30_000));
    };
    t.like(await ask({ workload: 'no-such-service' }), { kind: 'failed' });
    t.deepEqual(await target.observe('no-such-service', service, image), { state: 'absent' });
    const id = (await place.inspect()).ID;
    t.deepEqual(await target.observe(id.slice(0, 6), service, image), { state: 'absent' }, 'half an id');
    t.like(await ask({}, { ...image, repository: `${image.repository}-else` }), { kind: 'held' });
    await place.change(old => ({ ...old, Mode: { Replicated: { Replicas: 0 } } }));
    t.like(await ask({}), { kind: 'held' });
    t.is((await place.observe()).state, 'held');
  });
});

test.serial('everything with an image is listed, with its tag, digest and labels', async t => {
  const spec = { Labels: { team: 'shop' }, Mode: { Global: {} } };
  await withPlace(t, { spec }, async place => {
    t.like(await untilSettled(place), { state: 'running' });
    const found = await place.target.list(AbortSignal.timeout(10_000));
    const own = found.find(({ workload }) => workload === place.name);
    t.deepEqual(own, {
      workload: place.name,
      image: { ...place.image, tag: 'prod', digest: place.v0 },
      digest: place.v0,
      updating: false,
      labels: { team: 'shop' },
    });
  });
});

type Options = Parameters<typeof openSwarmPlace>[1];

async function withPlace(t: ExecutionContext, options: Options, check: (place: SwarmPlace) => Promise<void>) {
  const place = await openSwarmPlace(t, options);
  if (place === undefined) {
    t.pass();
    return;
  }
  try {
    await check(place);
  } finally {
    await place.close();
  }
}

function deploy({ target, name, service, image }: SwarmPlace, digest: Digest) {
  return target.deploy({ name, service, image: { ...image, digest } }, AbortSignal.timeout(60_000));
}

function pinnedTo(spec: SwarmService['Spec'], Image: string) {
  return { ...spec, TaskTemplate: { ...spec.TaskTemplate, ContainerSpec: { Image } } };
}

/** The registry, behind a door that asks for a name and a password. */
async function guarded(t: ExecutionContext, registry: string, login: string) {
  const expected = `Basic ${Buffer.from(login).toString('base64')}`;
  const server = createServer((asked, answer) => {
    if (asked.headers.authorization !== expected) {
      answer.writeHead(401, { 'www-authenticate': 'Basic realm="guarded"' }).end();
      return;
    }
    const { method, url, headers } = asked;
    const passed = request(`http://${registry}${url}`, { method, headers: { ...headers, host: registry } });
    passed.on('error', () => answer.destroy());
    passed.on('response', given => {
      answer.writeHead(given.statusCode ?? 500, given.headers);
      given.pipe(answer);
    });
    asked.pipe(passed);
  });
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
