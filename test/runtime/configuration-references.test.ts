import test from 'ava';
import { broken, brokenFile, WHOLE } from '../helpers/broken-configuration.ts';

test(
  'a repo that is not there',
  broken,
  6,
  '  base: {repository: ghcr.io/acme/base, repo: ap}',
  '47 images.base.repo: expected the name of a repo, found "ap"; did you mean "app"?',
);
test(
  'an image that is not there',
  broken,
  9,
  '  prod: {images: [base, web, shop]}',
  '30 tags.prod.images[2]: expected the name of an image (one of base, web), found "shop"',
);
test(
  'a name that every object has',
  broken,
  13,
  '  web: {target: constructor, image: web, tag: prod}',
  '17 services.web.target: expected the name of a target (one of local), found "constructor"',
);
test(
  'a cycle of parents',
  brokenFile,
  'images:\n  a: {repository: x/a, parent: b}\n  b: {repository: x/b, parent: a}',
  '2:32 images.a.parent: expected no cycle, found a -> b -> a',
  '3:32 images.b.parent: expected no cycle, found b -> a -> b',
);
test(
  'a parent of another repo',
  brokenFile,
  'repos:\n  app: {url: x}\nimages:\n  a: {repository: x/a}\n  b: {repository: x/b, repo: app, parent: a}',
  '5:43 images.b.parent: expected an image of the same repo; "a" is of another',
);
test(
  'a tag that is not for the image',
  brokenFile,
  'images:\n  a: {repository: x/a}\n  b: {repository: x/b}\ntags:\n  v1: {images: [a], movedBy: registry}\ntargets:\n  t: {kind: docker}\nservices:\n  b: {target: t, image: b, tag: v1}',
  '9:33 services.b.tag: expected a tag of image "b"; "v1" is for a',
);
test(
  'an image twice in a tag',
  broken,
  9,
  '  prod: {images: [base, web, web]}',
  '30 tags.prod.images[2]: expected "web" only once',
);
test(
  'two images with one repository',
  broken,
  7,
  '  web: {repository: ghcr.io/acme/base, repo: app, parent: base}',
  '21 images.web.repository: expected a repository of its own; image "base" has this one',
);
test(
  'a builder without a repo',
  brokenFile,
  'images:\n  a: {repository: x/a, builder: docker}',
  '2:33 images.a.builder: expected a repo to build from, or builder: none',
);
test(
  'a followed tag of an image without a repo',
  brokenFile,
  'images:\n  a: {repository: x/a}\ntags:\n  prod:\n    images:\n      - a',
  '6:9 tags.prod.images[0]: expected an image with a repo, or movedBy: registry; "a" has no repo',
);
test(
  'a pattern of Git tags that is missing',
  brokenFile,
  'repos:\n  r: {url: "https://git.example/r.git"}\nimages:\n  a: {repository: x/a, repo: r}\ntags:\n  live: {images: [a], follows: git-tag}',
  '6:32 tags.live.follows: expected pattern beside git-tag: which Git tags it follows, e.g. release-*',
);
test(
  'a range of versions that neither the tag nor anything else says',
  brokenFile,
  'repos:\n  r: {url: "https://git.example/r.git"}\nimages:\n  a: {repository: x/a, repo: r}\ntags:\n  live: {images: [a], follows: semver}',
  '6:32 tags.live.follows: expected range beside semver, since "live" is no range such as v1 or 1.2',
);
test(
  'a branch for a tag that people move',
  brokenFile,
  'images:\n  a: {repository: x/a}\ntags:\n  live: {images: [a], follows: manual, branch: main}',
  '4:48 tags.live.branch: expected only beside follows: branch; manual looks at no branch',
);
test(
  'a whole tree of two repos',
  brokenFile,
  'repos:\n  r: {url: "https://git.example/r.git"}\n  s: {url: "https://git.example/s.git"}\nimages:\n  a: {repository: x/a, repo: r}\n  b: {repository: x/b, repo: s}\ntags:\n  live: {images: [a, b], whole: true}',
  '8:33 tags.live.whole: expected images of one repo, which have commits in common; found r, s',
);
test(
  'half of an access key',
  brokenFile,
  'targets:\n  a: {kind: ecs, region: x, accessKeyId: env://ID}',
  '2:6 targets.a: expected accessKeyId and secretAccessKey together; "secretAccessKey" is missing',
);
test(
  'half of the credentials',
  broken,
  4,
  '  ghcr.io: {username: bot}',
  '12 registries."ghcr.io": expected username and password together; "password" is missing',
);
test(
  'a repo for a hook that knows none',
  broken,
  15,
  '  github: {kind: dockerhub, secret: env://S, repo: app}',
  '46 hooks.github.repo: unknown key "repo"; expected one of kind, secret, registry',
);
test(
  'a host port that two services want',
  broken,
  14,
  '  two: {target: local, image: web, tag: prod, ports: ["8081:81/tcp"]}\nhooks:',
  '55 services.two.ports[0]: expected a free host port; service "web" has 8081 at target "local"',
);

test(
  'wrong names beside what the schema finds',
  brokenFile,
  WHOLE.join('\n').replace('image: web', 'image: wep').replace('kind: docker', 'kind: podman'),
  '11:17 targets.local.kind: expected one of git, docker, kubernetes, swarm, swarmpit, cloud-run, heroku, ecs, command, webhook, found "podman"',
  '13:31 services.web.image: expected the name of an image, found "wep"; did you mean "web"?',
);
