import test from 'ava';
import { forgeContract } from '../contracts/forge.ts';
import { serveGitea } from '../helpers/forge-servers/gitea-server.ts';
import { serveGitHub } from '../helpers/forge-servers/github-server.ts';
import { serveGitiles } from '../helpers/forge-servers/gitiles-server.ts';
import { serveGitLab } from '../helpers/forge-servers/gitlab-server.ts';
import { openForge } from '../helpers/forge-servers/open-forge.ts';

const secrets = { TOKEN: 'hunter2' };
const token = 'env://TOKEN';

forgeContract(test, 'GitHub', async (t, repository) => {
  const { origin } = await serveGitHub(t, repository, { token: 'hunter2' });
  const url = 'https://github.com/acme/app.git';
  return openForge(t, { forge: 'github', url, api: origin, token }, { secrets });
});

forgeContract(test, 'GitLab', async (t, repository) => {
  const { origin } = await serveGitLab(t, repository, { token: 'hunter2' });
  return openForge(t, { forge: 'gitlab', url: `${origin}/acme/tools/app.git`, token }, { secrets });
});

forgeContract(test, 'Gitea', async (t, repository) => {
  const { origin } = await serveGitea(t, repository, { token: 'hunter2' });
  return openForge(t, { forge: 'gitea', url: `${origin}/git/acme/app`, token }, { secrets });
});

forgeContract(test, 'Gitiles', async (t, repository) => {
  const { origin } = await serveGitiles(t, repository, { authorization: 'Bearer hunter2' });
  return openForge(t, { forge: 'gitiles', url: `${origin}/tools/app`, token }, { secrets });
});
