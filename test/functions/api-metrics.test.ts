import test from 'ava';
import { call, sampleApi } from '../helpers/call-api.ts';

test('/metrics tells what waits, what is behind and what runs, for Prometheus', async t => {
  const answer = await call((await sampleApi()).api, '/metrics');
  t.is(answer.status, 200);
  const text = String(answer.body);
  t.regex(text, /^headway_waiting\{collection="builds"\} \d+$/m);
  t.regex(text, /^headway_service_running\{target="[^"]+",service="[^"]+"\} [01]$/m);
  for (const line of text.trimEnd().split('\n'))
    t.regex(line, /^(?:# (?:HELP|TYPE) |headway_\w+\{.*\} \d+$)/);
});

test('/healthz says ok and nothing else, to anybody', async t => {
  const answer = await call((await sampleApi()).api, '/healthz', { headers: { host: 'anything.example' } });
  t.is(answer.status, 200);
  t.is(answer.body, 'ok\n');
});
