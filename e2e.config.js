// The end-to-end suite: real servers, found by their standard environment variables. One file at a time: the tests
// share those servers, and each starts processes of its own.
export default {
  files: ['test/e2e/**/*.test.ts'],
  extensions: ['js', 'ts'],
  concurrency: 1,
  timeout: '10m',
};
