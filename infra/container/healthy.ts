/** Ends well when headway serves in this container: for the engine, which asks again and again. */
const port = process.env['PORT'] ?? '8080';
const answer = await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(4_000) }).catch(
  () => undefined,
);
process.exitCode = answer?.ok === true ? 0 : 1;
