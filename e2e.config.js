// The end-to-end suite: real servers, found by their standard environment variables, and the promises on three times as
// many schedules. One file at a time: the tests share those servers, and each starts processes of its own.
export default {
  files: ['test/e2e/**/*.test.ts', 'test/promises/**/*.test.ts'],
  environmentVariables: { HEADWAY_SCHEDULES: process.env['HEADWAY_SCHEDULES'] ?? '300' },
  extensions: ['js', 'ts'],
  concurrency: 1,
  timeout: '10m',
};
