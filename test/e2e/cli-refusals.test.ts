import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test, { type ExecutionContext } from 'ava';
import { temporaryFolder } from '../helpers/git-repository.ts';
import {
  type Ended,
  freePort,
  type HeadwayOptions,
  runHeadway,
  startHeadway,
} from '../helpers/host-process.ts';

const GOOD = `
repos:
  shop: { url: /nonexistent/shop.git }
hooks:
  github: { kind: github, secret: env://SECRET }
`;
const ENVIRONMENT = { SECRET: 'a-secret-of-the-hook' };

type Case = {
  readonly words?: readonly string[];
  readonly configuration?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly prepare?: (folder: string) => unknown;
  readonly code: number;
  readonly says: RegExp;
};

/** A sentence on stderr and an exit code; never where in our code it was noticed. */
const refuses = test.macro({
  async exec(t, { words = ['up'], configuration = GOOD, environment, prepare, code, says }: Case) {
    const cwd = await temporaryFolder(t);
    await writeFile(join(cwd, 'headway.yaml'), configuration);
    await prepare?.(cwd);
    const port = String(await freePort());
    const ended = await runHeadway(words, {
      cwd,
      environment: { PORT: port, ...ENVIRONMENT, ...environment },
    });
    t.is(ended.code, code, ended.out + ended.err);
    t.regex(ended.err, says);
    checkManners(t, ended);
  },
  title: (name = '') => `headway refuses ${name} with a sentence`,
});

function checkManners(t: ExecutionContext, { out, err }: Ended): void {
  t.notRegex(out + err, /^\s+at |\bnode:|Error:|HEADWAY_DEBUG|\[object|undefined/m);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be in a pipe
  t.notRegex(out + err, /[\u001b\r]/);
}

test.serial('a port that is no number', refuses, {
  environment: { PORT: '80x' },
  code: 1,
  says: /^headway: Cannot listen on port "80x": set PORT to a number from 1 to 65535\n$/,
});
test.serial('a port beyond the last', refuses, {
  environment: { PORT: '65536' },
  code: 1,
  says: /^headway: Cannot listen on port "65536": set PORT/,
});
test.serial('an address that this machine does not have', refuses, {
  environment: { HOST: '192.0.2.1' },
  code: 1,
  says: /^headway: Cannot listen on 192\.0\.2\.1:\d+: this machine has no such address; set HOST/,
});
test.serial('a state file that is no database', refuses, {
  prepare: folder => put(join(folder, '.headway/state.sqlite'), 'These are notes, and no database at all'),
  code: 1,
  says: /^headway: Cannot open the state file ".+": it is not an SQLite database, name another file or move it away/,
});
test.serial('the database of another program', refuses, {
  async prepare(folder) {
    await mkdir(join(folder, '.headway'));
    const other = new DatabaseSync(join(folder, '.headway/state.sqlite'));
    other.exec('CREATE TABLE bookmarks (url)');
    other.close();
  },
  code: 1,
  says: /^headway: Cannot open the state file ".+": it is the database of another program/,
});
test.serial('a state file that is a folder', refuses, {
  prepare: folder => mkdir(join(folder, '.headway/state.sqlite'), { recursive: true }),
  code: 1,
  says: /^headway: Cannot open the state file ".+": it is a folder/,
});
test.serial('a state folder that is a file', refuses, {
  prepare: folder => put(join(folder, '.headway'), ''),
  code: 1,
  says: /^headway: Cannot use the state folder ".+": .+; make it a folder that this user may write, or name another/,
});
test.serial('a configuration with mistakes, all of them', refuses, {
  configuration: `repos:
  shop: { url: /srv/shop.git, brnch: main }
images:
  web: { repo: shpo, repository: 127.0.0.1:5000/web, builder: dokcer }
hooks:
  github: { kind: github, secret: plain-words }
`,
  code: 1,
  says: /yaml:2:31 +repos\.shop\.brnch: unknown key.+yaml:4:16 +images\.web\.repo: .+yaml:4:63 +images\.web\.builder: .+yaml:6:35 +hooks\.github\.secret: expected env/s,
});
test.serial('a configuration that is no YAML', refuses, {
  configuration: 'repos: [\n',
  code: 1,
  says: /^.+headway\.yaml:\d+:\d+ +expected /,
});
test.serial('an empty configuration', refuses, {
  configuration: '',
  code: 1,
  says: /headway\.yaml:1:1 +expected a configuration/,
});
test.serial('secrets that are not there, all of them', refuses, {
  configuration: `${GOOD}  other: { kind: notices, secret: file:///nonexistent/secret }\n`,
  environment: { SECRET: '' },
  code: 1,
  says: /hooks\.github\.secret: Cannot resolve "env:\/\/SECRET": .+hooks\.other\.secret: Cannot resolve "file:\/\/\/nonexistent\/secret": there is no such file/s,
});
test.serial('a configuration that is not there', refuses, {
  words: ['up', '--config', 'other.yaml'],
  code: 1,
  says: /^headway: Cannot read configuration ".+other\.yaml": there is no such file\n$/,
});
test.serial('an unknown command', refuses, {
  words: ['frobnicate'],
  code: 2,
  says: /^headway: there is no command "frobnicate"\n\n/,
});
test.serial('an unknown option', refuses, {
  words: ['up', '--frob'],
  code: 2,
  says: /^headway: Unknown option '--frob'/,
});
test.serial('a word too many', refuses, {
  words: ['status', 'web'],
  code: 2,
  says: /^headway: Unexpected argument 'web'/,
});
test.serial('why without a service', refuses, {
  words: ['why'],
  code: 2,
  says: /^headway: why takes one service/,
});
test.serial('replay without a delivery', refuses, {
  words: ['replay', 'x'],
  code: 2,
  says: /^headway: replay takes one delivery as SOURCE\/ID/,
});
test.serial('status where nothing runs', refuses, {
  words: ['status'],
  code: 3,
  says: /^headway: Cannot find a running headway here; start one with "headway up", or name it with --url\n$/,
});
test.serial('status of what nobody serves', refuses, {
  words: ['status', '--url', 'http://127.0.0.1:9'],
  code: 3,
  says: /^headway: No headway answers at http:\/\/127\.0\.0\.1:9; start one/,
});

test.serial(
  'a port that somebody has, and a folder that somebody serves, are refused with what to do',
  async t => {
    const cwd = await temporaryFolder(t);
    await writeFile(join(cwd, 'headway.yaml'), GOOD);
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    t.teardown(() => taken.close());
    const address = taken.address();
    const busy = typeof address === 'object' && address !== null ? address.port : 0;
    const run = (words: readonly string[], port: number) => runHeadway(words, options(cwd, port));
    const inUse = await run(['up'], busy);
    t.is(
      inUse.err,
      `headway: Cannot listen on 127.0.0.1:${busy}: the port is in use; stop the other program or set PORT\n`,
    );
    t.is(inUse.code, 1);

    const port = await freePort();
    const host = startHeadway(['up'], options(cwd, port));
    t.teardown(() => host.signal('SIGKILL'));
    const url = await host.ready;
    const second = await run(['up'], await freePort());
    t.is(second.code, 1);
    t.regex(
      second.err,
      new RegExp(`^headway: Cannot serve ".+": another headway serves it already at ${url}; stop that one`),
    );
    t.like(await run(['why', 'nosuch'], port), {
      code: 1,
      err: `headway: ${url} answered 404: Cannot find "nosuch" among the services: there is no such document\n`,
    });
    t.is((await run(['replay', 'github/nosuch'], port)).code, 1);
    t.is((await run(['status'], port)).code, 0);
    host.signal('SIGTERM');
    t.like(await host.ended, { code: 0, err: '' });
  },
);

function options(cwd: string, port: number): HeadwayOptions {
  return { cwd, environment: { ...ENVIRONMENT, PORT: String(port) } };
}

async function put(path: string, content: string): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, content);
}
