import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { createCommandTarget } from '../../shared/adapters/targets/command/command-target.ts';
import { targetContract } from '../contracts/target.ts';
import { temporaryFolder } from '../helpers/git-repository.ts';
import { digest, imageOf, orderOf, service } from '../helpers/git-repository-orders.ts';
import { runProgram } from '../helpers/run-program.ts';

const BAD = digest(13);
const SECRET = 'open-sesame';

/** Writes which image a machine is to run, as a unit file would name it. */
const PLAYBOOK = `
- hosts: machines
  gather_facts: false
  vars:
    wanted: "{{ lookup('ansible.builtin.env', 'IMAGE') }}"
    service: "{{ lookup('ansible.builtin.env', 'SERVICE') }}"
  tasks:
    - name: Log in
      ansible.builtin.command: "echo {{ lookup('ansible.builtin.env', 'KEY') }}"
      changed_when: false
    - name: Take only images that there are
      ansible.builtin.fail:
        msg: "manifest unknown: {{ wanted }}, log in with {{ lookup('ansible.builtin.env', 'KEY') }}"
      when: "'${BAD}' in wanted"
    - name: Name the image
      ansible.builtin.copy:
        content: "Image={{ wanted }}\\n"
        dest: "{{ playbook_dir }}/{{ service }}.container"
        mode: "0644"
    - name: Say so
      ansible.builtin.copy:
        content: "{{ lookup('ansible.builtin.env', 'DIGEST') }}"
        dest: "{{ playbook_dir }}/{{ service }}.digest"
        mode: "0644"
`;
/** Real machines are one machine here, reached without ssh. */
async function place(t: ExecutionContext) {
  if ((await runProgram('ansible-playbook', ['--version'])) === undefined) {
    if (process.env['CI'] === 'true' && process.env['HEADWAY_E2E'] === '1')
      throw new Error('Cannot find ansible-playbook; install ansible-core');
    t.log('skipped: there is no ansible-playbook here (Debian: ansible-core)');
    return undefined;
  }
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, 'deploy.yaml'), PLAYBOOK);
  await writeFile(join(folder, 'inventory'), '[machines]\nlocalhost ansible_connection=local\n');
  await writeFile(join(folder, 'nowhere'), '[machines]\n127.0.0.2 ansible_port=1\n');
  const open = (inventory = 'inventory') =>
    createCommandTarget({
      run: ['ansible-playbook', '--inventory', inventory, 'deploy.yaml'],
      observe: [
        'sh',
        '-c',
        'test ! -e held || { echo "held: by hand"; exit; }; cat "$SERVICE.digest" || true',
      ],
      environment: { KEY: SECRET, ANSIBLE_HOME: join(folder, 'ansible'), LC_ALL: 'C.UTF-8' },
      redact: text => text.replaceAll(SECRET, '***'),
      folder,
      root: join(folder, 'kept'),
      outside: process.env,
    });
  const text = (file: string) => readFile(join(folder, file), 'utf8').catch(() => undefined);
  return { folder, open, text, signal: AbortSignal.timeout(120_000) };
}

targetContract(test.serial, 'the command target with ansible-playbook', async t => {
  const opened = await place(t);
  if (opened === undefined) return undefined;
  const { folder, open, text } = opened;
  return {
    target: open(),
    name: 'web',
    service: service('web'),
    image: imageOf('web'),
    before: 'absent',
    digests: { v1: digest(1), v2: digest(2), bad: BAD },
    there: async () => /@(\S+)/.exec((await text('web.container')) ?? '')?.[1],
    trace: async () => {
      const { ino, mtimeMs } = await stat(join(folder, 'web.container')).catch(() => ({
        ino: 0,
        mtimeMs: 0,
      }));
      return { ino, mtimeMs };
    },
    takeOver: () => writeFile(join(folder, 'held'), ''),
    listed: false,
    unreachable: createCommandTarget({
      run: ['sh', '-c', 'ansible-playbook --inventory nowhere deploy.yaml || exit 75'],
      observe: ['ansible', '--inventory', 'nowhere', 'machines', '--module-name', 'ping'],
      environment: {},
      redact: given => given,
      folder,
      root: join(folder, 'kept elsewhere'),
      outside: process.env,
    }),
    close: async () => {},
  };
});

test.serial('the command target tells what ansible-playbook said, without secrets', async t => {
  const opened = await place(t);
  if (opened === undefined) {
    t.pass();
    return;
  }
  const { open, text, signal } = opened;
  const refused = await open().deploy(orderOf('web', BAD), signal);
  t.regex(
    JSON.stringify(refused),
    /"ansible-playbook\\" exited with 2; it said: .*manifest unknown: ghcr\.io\/acme\/web@sha256:0+d, log in with \*\*\*.*failed=1/s,
  );
  const unreachable = await open('nowhere').deploy(orderOf('web', digest(1)), signal);
  t.regex(JSON.stringify(unreachable), /exited with 4; it said: .*unreachable=1/s);
  t.is(await text('web.container'), undefined);
});
