import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export type Loaded = {
  /** How often each page was answered with a 200. */
  readonly pages: Readonly<Record<string, number>>;
  /** How often each other status, or failure of a connection, was seen. Nothing is tried again. */
  readonly failures: Readonly<Record<string, number>>;
};
type Load = {
  readonly url: string;
  readonly host: string;
  readonly clients: number;
  /** Whether each client keeps its connection, or makes a new one for every request. */
  readonly keepAlive: boolean;
};

/** Asks for a page again and again until it is told to stop. */
export function startLoad({ url, host, clients, keepAlive }: Load): { stop(): Promise<Loaded> } {
  const agent = new Agent({ keepAlive, maxSockets: clients });
  const pages: Record<string, number> = {};
  const failures: Record<string, number> = {};
  let running = true;
  const work = async (client: number) => {
    while (running) {
      const { status, text } = await ask();
      const counts = status === 200 ? pages : failures;
      const key = status === 200 ? text : `${status} ${text}`.trim();
      counts[key] = (counts[key] ?? 0) + 1;
      // Some of the connections are idle for a moment.
      await sleep(client % 4);
    }
  };
  const workers = Array.from({ length: clients }, (_, client) => work(client));
  return {
    async stop() {
      running = false;
      await Promise.all(workers);
      agent.destroy();
      return { pages, failures };
    },
  };

  function ask(): Promise<{ readonly status: number; readonly text: string }> {
    return new Promise(done => {
      const failed = (error: Error & { code?: string }) =>
        done({ status: 0, text: error.code ?? error.message });
      get(url, { agent, headers: { host } }, response => {
        let text = '';
        response.setEncoding('utf8').on('error', failed);
        response.on('data', (chunk: string) => (text += chunk));
        response.on('end', () => done({ status: response.statusCode ?? 0, text: text.trim() }));
      }).on('error', failed);
    });
  }
}
