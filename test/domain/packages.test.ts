import test from 'ava';
import { comparePackages } from '../../shared/domain/packages/compare-packages.ts';
import { readPackages } from '../../shared/domain/packages/read-packages.ts';

const reads = test.macro({
  exec: (t, command: string, output: string, expected: readonly string[]) =>
    t.deepEqual(
      readPackages([{ command, output }]).map(
        ({ manager, name, version }) => `${manager} ${name} ${version}`,
      ),
      expected,
    ),
  title: (says = '', command) => `packages are read from ${command}${says}`,
});

test(
  reads,
  'pip list',
  `WARNING: The directory is not writable
Package            Version    Editable project location
------------------ ---------- -------------------------
Jinja2             3.1.2
my_Tool            0.1.dev3   /srv/tool
typing-extensions  4.9.0+local.1
[notice] A new release of pip is available: 23.0 -> 24.0
`,
  ['pip jinja2 3.1.2', 'pip my-tool 0.1.dev3', 'pip typing-extensions 4.9.0+local.1'],
);
test(reads, 'python3 -m pip list --format json', '[{"name": "numpy", "version": "1.26.4"}]', [
  'pip numpy 1.26.4',
]);
test(
  reads,
  'pip3 freeze',
  `numpy==1.26.4
# a note
conda-libmamba @ file:///tmp/x_1
-e git+https://example.com/a.git@b#egg=tool
Odd===1.0`,
  [
    'pip conda-libmamba file:///tmp/x_1',
    'pip numpy 1.26.4',
    'pip odd 1.0',
    'pip tool git+https://example.com/a.git@b',
  ],
);
test(
  reads,
  'conda list',
  `# packages in environment at /opt/conda:
#
# Name                    Version                   Build  Channel
_libgcc_mutex             0.1                 conda_forge    conda-forge
numpy                     1.26.4          py311h64a7726_0    conda-forge
requests                  2.31.0                   pypi_0    pypi
bzip2                     1.0.8                h5eee18b_6  `,
  [
    'conda _libgcc_mutex 0.1 conda_forge',
    'conda bzip2 1.0.8 h5eee18b_6',
    'conda numpy 1.26.4 py311h64a7726_0',
    'conda requests 2.31.0 pypi_0',
  ],
);
test(reads, 'mamba list --json', '[{"build_string":"h1_0","name":"xz","version":"5.4"}]', [
  'conda xz 5.4 h1_0',
]);
test(
  reads,
  'dpkg -l',
  `Desired=Unknown/Install/Remove/Purge/Hold
| Status=Not/Inst/Conf-files/Unpacked/halF-conf/Half-inst/trig-aWait/Trig-pend
||/ Name           Version          Architecture Description
+++-==============-================-============-=================================
ii  adduser        3.134            all          add and remove users and groups
rc  gone           1.0              amd64        removed, settings kept
hi  libc6:amd64    2.36-9+deb12u4   amd64        GNU C Library: Shared libraries`,
  ['apt adduser 3.134', 'apt libc6 2.36-9+deb12u4'],
);
test(
  reads,
  'apt list --installed',
  `Listing... Done
adduser/stable,now 3.134 all [installed]
libc6/stable-security,now 2.36-9+deb12u4 amd64 [installed,automatic]
vim/stable 2:9.0 amd64 [upgradable from: 2:8.0]
zlib1g/now 1:1.2 amd64 [installed,local]`,
  ['apt adduser 3.134', 'apt libc6 2.36-9+deb12u4', 'apt zlib1g 1:1.2'],
);
test(
  reads,
  'npm ls -g --all',
  `/usr/local/lib
├── corepack@0.24.0
└─┬ npm@10.2.4
  ├─┬ @npmcli/arborist@7.2.1
  │ └── semver@7.5.4 deduped
  └── semver@6.3.1`,
  ['npm @npmcli/arborist 7.2.1', 'npm corepack 0.24.0', 'npm npm 10.2.4', 'npm semver 6.3.1, 7.5.4'],
);
test(
  reads,
  'npm ls --json',
  '{"name":"x","dependencies":{"npm":{"version":"10.2.4","dependencies":{"semver":{"version":"7.5.4"}}},"gone":{"missing":true}}}',
  ['npm npm 10.2.4', 'npm semver 7.5.4'],
);
test(
  reads,
  `Rscript -e "installed.packages()[,c('Package','Version')]"`,
  `           Package      Version
askpass    "askpass"    "1.2.0"
base       "base"       "4.3.2"
data.table "data.table" "1.14.10"
lattice    "lattice"    "0.22-5" `,
  ['r askpass 1.2.0', 'r base 4.3.2', 'r data.table 1.14.10', 'r lattice 0.22-5'],
);
test(
  reads,
  'R -q -e "write.csv(installed.packages())"',
  '> write.csv(installed.packages())\n"","Package","LibPath","Version"\n"zoo","zoo","/usr/lib/R, two","1.8-12"',
  ['r zoo 1.8-12'],
);
test(reads, 'python --version', 'Python 3.11.8', []);
test(' that failed', reads, 'pip list', 'Failed: 3 errors', []);

test('a comparison has what was added, removed and changed, and nothing else', t => {
  const pip = (name: string, version: string) => ({ manager: 'pip', name, version }) as const;
  const before = [pip('numpy', '1.25'), pip('gone', '1'), pip('same', '2')];
  const after = [pip('same', '2'), pip('numpy', '1.26'), pip('fresh', '3')];
  t.deepEqual(comparePackages(before, after), [
    { manager: 'pip', name: 'fresh', after: '3' },
    { manager: 'pip', name: 'gone', before: '1' },
    { manager: 'pip', name: 'numpy', before: '1.25', after: '1.26' },
  ]);
  t.deepEqual(comparePackages(before, before), []);
});
