import test from 'ava';
import { createInProcessHints } from '../../shared/adapters/hints/in-process.ts';
import { ConfigurationShape } from '../../shared/domain/configuration/schema.ts';
import { createRecords } from '../../shared/records/records.ts';
import { createGates } from '../../shared/wiring/gates.ts';
import { createWorkings } from '../../shared/wiring/workings.ts';
import { temporaryFolder } from '../helpers/git-repository.ts';
import { createMemoryDocuments } from '../helpers/memory-documents.ts';
import { silentLog as log } from '../helpers/silent-log.ts';
import { digestOf } from '../helpers/world/memory-registry.ts';

test('a test that outlives the process that asks it is no verdict on the image; one that outlives its own time is', async t => {
  const folder = await temporaryFolder(t);
  const slow = { kind: 'command', run: ['sleep', '60'] };
  const configuration = ConfigurationShape.parse({
    gates: { long: slow, short: { ...slow, timeout: '1s' } },
  });
  const settings = {
    ...{ configuration, secret: () => '', redact: (text: string) => text, log, show: () => {} },
    environment: { PATH: process.env['PATH'] },
  };
  const its = createWorkings(settings, {
    records: createRecords(createMemoryDocuments()),
    hints: createInProcessHints({ log }),
    clock: { now: () => 0 },
    folders: { repos: folder, manifests: folder, artifacts: folder },
  });
  const { gate } = createGates(its, { longest: '2s' });
  const reference = { registry: 'r.example', repository: 'web', digest: digestOf('web') };
  const ask = async (name: string) => {
    const asked = await gate(name);
    return asked?.ask({ image: 'web', reference, tag: 'prod' }, () => {}, AbortSignal.timeout(30_000));
  };
  const [long, short] = await Promise.all([ask('long'), ask('short')]);
  t.is(long?.kind, 'blocked');
  t.regex(long?.reason ?? '', /^it had not ended after 2s, longer than which a function on Google Cloud/);
  t.deepEqual(short, { kind: 'failed', reason: 'it took longer than 1s and was ended' });
});
