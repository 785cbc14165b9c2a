// The end-to-end suite: real servers, found by their standard environment variables.
export default {
  files: ['test/e2e/**/*.test.ts'],
  extensions: ['js', 'ts'],
  timeout: '5m',
};
