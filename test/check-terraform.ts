/** Part of `npm run check`: whether Terraform's files are formatted. Says aloud when the program is not there. */
import { spawnSync } from 'node:child_process';

const { status, error } = spawnSync('terraform', ['fmt', '-check', '-diff', '-recursive', 'terraform'], {
  cwd: new URL('..', import.meta.url),
  stdio: 'inherit',
});
if (error !== undefined && 'code' in error && error.code === 'ENOENT') {
  console.log('terraform is not installed here: the format of terraform/ was not checked');
} else if (error !== undefined) {
  throw error;
} else if (status !== 0) {
  console.error('terraform/ is not formatted as above: run `terraform fmt -recursive terraform`');
  process.exitCode = 1;
}
