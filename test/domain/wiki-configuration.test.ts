import test from 'ava';
import { ConfigurationShape } from '../../shared/domain/configuration/schema.ts';
import { secretPlaces } from '../../shared/domain/configuration/secret-places.ts';
import { unknownNames } from '../../shared/domain/configuration/unknown-names.ts';

const URL = 'https://github.com/acme/stack.wiki.git';
const images = { web: { repository: 'ghcr.io/acme/web', builder: 'none' } };

test('a wiki needs no more than its address', t => {
  const { wikis } = ConfigurationShape.parse({ images, wikis: { ours: { url: URL } } });
  t.deepEqual(wikis['ours'], {
    url: URL,
    branch: 'master',
    author: { name: 'headway', email: 'headway@localhost' },
  });
});

test('the password of a wiki is a secret, and stands in no address', t => {
  const credentials = { username: 'bot', password: 'env://WIKI_TOKEN' };
  const configuration = ConfigurationShape.parse({ images, wikis: { ours: { url: URL, credentials } } });
  t.deepEqual(secretPlaces(configuration), [
    { path: ['wikis', 'ours', 'credentials', 'password'], reference: 'env://WIKI_TOKEN' },
  ]);
  const url = 'https://bot:hunter2@github.com/acme/stack.wiki.git';
  t.false(ConfigurationShape.safeParse({ images, wikis: { ours: { url } } }).success);
});

test('a wiki shows images that there are', t => {
  const [mistake] = unknownNames({ images, wikis: { ours: { url: URL, images: ['web', 'wbe'] } } });
  t.deepEqual(mistake?.path, ['wikis', 'ours', 'images', 1]);
  t.regex(mistake?.message ?? '', /did you mean "web"\?/);
});
