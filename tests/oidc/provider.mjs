// Two providers for the test: npm's certified oidc-provider, and one that answers whatever the
// test tells it to (wrong tokens). Prints their addresses as one line of JSON; ends with its
// standard input. POST /pruefung/… is the test's own way in.
import { createHash, randomUUID } from 'node:crypto';
import http from 'node:http';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import Provider from 'oidc-provider';

const CLIENT = 'zielraum';
const SECRET = 'ein Geheimnis: mit/Zeichen+%';
const redirect = process.argv[2];

const listen = (server) =>
  new Promise((done) => server.listen(0, '127.0.0.1', () => done(`http://127.0.0.1:${server.address().port}`)));

const body = async (request) => {
  let text = '';
  for await (const part of request) text += part;
  return text;
};

const answer = (response, value, status = 200) => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
};

// --- the certified one
const people = new Map();
let idTokenHasAll = true;
let certified;
const goodServer = http.createServer(async (request, response) => {
  if (request.url === '/pruefung/person') {
    const person = JSON.parse(await body(request));
    people.set(person.sub, person);
    return answer(response, {});
  }
  if (request.url === '/pruefung/kurz') {
    idTokenHasAll = false;
    certified = await make();
    return answer(response, {});
  }
  return certified.callback()(request, response);
});
const good = await listen(goodServer);
const make = async () => {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), kid: randomUUID(), use: 'sig', alg: 'RS256' };
  return new Provider(good, {
    clients: [
      {
        client_id: CLIENT,
        client_secret: SECRET,
        redirect_uris: [redirect],
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
    ],
    claims: { openid: ['sub'], profile: ['name', 'preferred_username', 'groups'] },
    conformIdTokenClaims: !idTokenHasAll,
    cookies: { keys: [randomUUID()] },
    findAccount: (_, sub) =>
      people.has(sub) ? { accountId: sub, claims: () => ({ ...people.get(sub) }) } : undefined,
    jwks: { keys: [jwk] },
    pkce: { required: () => true },
  });
};
certified = await make();

// --- the one that errs on purpose
const keys = {};
for (const alg of ['RS256', 'ES256', 'PS256', 'RS384']) {
  const pair = await generateKeyPair(alg, { extractable: true });
  keys[alg] = { ...pair, jwk: { ...(await exportJWK(pair.publicKey)), kid: alg, use: 'sig', alg } };
}
const stranger = await generateKeyPair('RS256');
const b64 = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
let next = {};
let metadata = {};
let lastForm = {};
let asked = 0;
const token = async (issuer) => {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: issuer, aud: CLIENT, sub: 'boese-1', iat: now, exp: now + 300, ...next.claims };
  for (const [name, value] of Object.entries(claims)) if (value === null) delete claims[name];
  switch (next.alg) {
    case 'none':
      return `${b64({ alg: 'none' })}.${b64(claims)}.`;
    case 'HS256':
      return new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(SECRET));
    case 'fremd':
      return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'RS256' }).sign(stranger.privateKey);
    default: {
      const alg = next.alg ?? 'RS256';
      const jwt = await new SignJWT(claims).setProtectedHeader({ alg, kid: alg }).sign(keys[alg].privateKey);
      if (!next.verfaelscht) return jwt;
      const [head, , tail] = jwt.split('.');
      return [head, b64({ ...claims, ...next.verfaelscht }), tail].join('.');
    }
  }
};
const badServer = http.createServer(async (request, response) => {
  const path = new URL(request.url, 'http://x').pathname;
  switch (path) {
    case '/pruefung/antwort':
      next = JSON.parse(await body(request));
      return answer(response, {});
    case '/pruefung/metadaten':
      metadata = JSON.parse(await body(request));
      return answer(response, {});
    case '/pruefung/formular':
      return answer(response, lastForm);
    case '/pruefung/zahl':
      return answer(response, { zahl: asked });
    case '/.well-known/openid-configuration':
      asked += 1;
      if (metadata.haengt) return;
      if (metadata.status) {
        response.writeHead(metadata.status, { location: `${good}/.well-known/openid-configuration` });
        return response.end();
      }
      return answer(response, {
        issuer: bad,
        authorization_endpoint: `${bad}/auth`,
        token_endpoint: `${bad}/token`,
        jwks_uri: `${bad}/keys`,
        end_session_endpoint: `${bad}/ende?a=b`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256', 'ES256', 'PS256', 'none', 'HS256'],
        ...metadata,
      });
    case '/keys':
      // Among keys of kinds we cannot know: they must not spoil the others.
      return answer(response, {
        keys: [{ kty: 'NEU', kid: 'RS256' }, { kty: 'OKP', crv: 'X448', x: 'AA', use: 'enc' }, ...Object.values(keys).map((key) => key.jwk)],
      });
    case '/token': {
      lastForm = Object.fromEntries(new URLSearchParams(await body(request)));
      lastForm.challenge = createHash('sha256').update(lastForm.code_verifier ?? '').digest('base64url');
      if (next.roh) {
        response.writeHead(next.roh.status, next.roh.kopf);
        return response.end(next.roh.text);
      }
      if (next.fehler) return answer(response, next.fehler, 400);
      return answer(response, { access_token: 'x', token_type: 'Bearer', id_token: await token(bad) });
    }
    default:
      return answer(response, {}, 404);
  }
});
const bad = await listen(badServer);

console.log(JSON.stringify({ good, bad, secret: SECRET }));
// The test reads this one line; the provider's own notices must not go into a closed pipe.
for (const name of ['log', 'info', 'warn']) console[name] = () => {};
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
