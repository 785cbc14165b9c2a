import { randomBytes } from 'node:crypto';
import { setTimeout as later } from 'node:timers/promises';
import { signedWebhook } from '../helpers/signed-webhook.ts';
import { type Contender, headwayContender, webhookContender } from './contenders.ts';
import { type Load, type Loaded, load } from './load.ts';
import type { Finding, Measure, Row } from './measure.ts';
import { pushPayload } from './push-payload.ts';
import { median, percentile, timed } from './statistics.ts';

const CLIENTS = [1, 10, 50] as const;
const ROUNDS = 3;
const ROUND = { seconds: 1.5, requests: 4_000 };
const WARM_UP = { clients: 10, seconds: 1, requests: 2_000 };
const MEMORY_EVERY_MS = 50;
const PAUSE_MS = 200;

type Round = Loaded & {
  readonly by: Contender;
  readonly clients: number;
  /** The most that was seen, in MB. */
  readonly memory: number;
  /** How long after the last answer everything was dealt with, in milliseconds. */
  readonly settled: number | undefined;
};

export const hooks: Measure = {
  name: 'hooks',
  about: 'signed GitHub pushes of 8 KB, answered only after they are stored durably',
  async run({ folder, progress }) {
    const secret = randomBytes(24).toString('hex');
    const body = pushPayload('refs/heads/bench');
    const { headers } = signedWebhook({ kind: 'github', secret, body });
    const contenders: Contender[] = [];
    const rounds: Round[] = [];
    try {
      contenders.push(await headwayContender(folder, secret));
      const webhook = await webhookContender(folder, secret);
      if (webhook !== undefined) contenders.push(webhook);
      for (const by of contenders) await round(by, { headers, body, ...WARM_UP });
      for (const clients of CLIENTS) {
        for (let turn = 1; turn <= ROUNDS; turn++) {
          for (const by of contenders) {
            progress(`${clients} clients, round ${turn} of ${ROUNDS}, ${by.name}`);
            rounds.push(await round(by, { headers, body, clients, ...ROUND }));
          }
        }
      }
      return found(contenders, rounds);
    } finally {
      await Promise.all(contenders.map(({ stop }) => stop()));
    }
  },
};

async function round(by: Contender, what: Omit<Load, 'url'>): Promise<Round> {
  let memory = by.memory();
  const timer = setInterval(() => {
    memory = Math.max(memory, by.memory());
  }, MEMORY_EVERY_MS);
  try {
    const loaded = await load({ ...what, url: new URL('/hooks/github', by.url).href });
    const settled = by.settled && (await timed(by.settled));
    // What was cut off at the end of a round may still be running.
    await later(PAUSE_MS);
    return { ...loaded, by, clients: what.clients, memory, settled };
  } finally {
    clearInterval(timer);
  }
}

function found(contenders: readonly Contender[], rounds: readonly Round[]): Finding {
  const rows = CLIENTS.flatMap(clients => contenders.map(by => rowOf(by, clients, rounds)));
  const other = contenders.find(by => by !== contenders[0]);
  const note = `${other?.name} runs one dd with fsync for each push; headway also settles each (it knows the repository and follows another branch).`;
  const totals = contenders.map(by => totalOf(by, rounds));
  return {
    tables: [
      { title: `Median of ${ROUNDS} rounds of ${ROUND.seconds} s`, rows },
      { title: 'In all of them', rows: totals },
    ],
    notes: other === undefined ? [] : [note],
    leftOut:
      other === undefined ? ['the comparison, since "webhook" is not installed (apt install webhook)'] : [],
    failures: totals.flatMap(({ server, lost, refused, refusal }) => [
      ...(lost > 0 ? [`${server} acknowledged ${lost} pushes that it does not have`] : []),
      ...(refused > 0 ? [`${server} refused ${refused} pushes: ${refusal}`] : []),
    ]),
  };
}

function rowOf(by: Contender, clients: number, rounds: readonly Round[]): Row {
  const own = rounds.filter(round => round.by === by && round.clients === clients);
  const rivals = rounds.filter(round => round.by !== by && round.clients === clients);
  const latencies = own.flatMap(round => round.latencies);
  const ratios = own.map((round, i) => round.perSecond / (rivals[i]?.perSecond ?? Number.NaN));
  return {
    clients,
    server: by.name,
    'requests/s': median(own.map(({ perSecond }) => perSecond)),
    'times webhook': rivals.length > 0 && by.settled !== undefined ? median(ratios) : undefined,
    'p50 ms': percentile(latencies, 0.5),
    'p99 ms': percentile(latencies, 0.99),
    'RSS MB': Math.max(...own.map(({ memory }) => memory)),
    'settled after ms': by.settled && median(own.map(({ settled = Number.NaN }) => settled)),
  };
}

/** Every 2xx must be in the store, and nothing may have been refused. */
function totalOf(by: Contender, rounds: readonly Round[]) {
  const own = rounds.filter(round => round.by === by);
  const stored = by.stored();
  const acknowledged = own.flatMap(round => round.acknowledged);
  const [refusal, ...more] = own.flatMap(round => round.refused);
  return {
    server: by.name,
    acknowledged: acknowledged.length,
    lost: acknowledged.filter(id => !stored.has(id)).length,
    refused: refusal === undefined ? 0 : 1 + more.length,
    ...(refusal !== undefined && { refusal }),
  };
}
