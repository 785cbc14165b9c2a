// The end-to-end suite: real servers, found by their standard environment variables, the promises on six times as
// many schedules, and what keeps Git busy. One file at a time: the tests share those servers, and each starts processes of its own.
export default {
  files: ['test/e2e/**/*.test.ts', 'test/promises/**/*.test.ts'],
  environmentVariables: { HEADWAY_SCHEDULES: process.env['HEADWAY_SCHEDULES'] ?? '300' },
  extensions: ['js', 'ts'],
  concurrency: 1,
  timeout: '10m',
};
