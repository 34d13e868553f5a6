// A process of its own: Bluesky's server (PDS with its OAuth) and the directory of identities, both real, both in memory or
// in a folder that goes away. Writes their addresses as one line of JSON; ends when its input ends.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { installFolder } from './install.mjs';

const resolve = createRequire(join(installFolder, 'package.json')).resolve;
const { PDS } = await import(pathToFileURL(join(installFolder, 'node_modules/@atproto/pds/dist/index.js')).href);
const plcModule = await import(pathToFileURL(resolve('@did-plc/server')).href);
const plc = plcModule.default.PlcServer === undefined ? plcModule : plcModule.default;
const cryptoModule = await import(pathToFileURL(join(installFolder, 'node_modules/@atproto/crypto/dist/index.js')).href);
const { Secp256k1Keypair } = cryptoModule.Secp256k1Keypair === undefined ? cryptoModule.default : cryptoModule;

const folder = mkdtempSync(join(tmpdir(), 'rookery-pds-'));
const directory = plc.PlcServer.create({ db: plc.Database.mock(), port: 0 });
const directoryListener = await directory.start();
const plcOrigin = `http://localhost:${directoryListener.address().port}`;
const port = await findPort();
const rotationKey = await Secp256k1Keypair.create({ exportable: true });
const pds = await PDS.fromEnv({
  port, hostname: 'localhost', devMode: true, serviceHandleDomains: ['.test'], inviteRequired: false, rateLimitsEnabled: true,
  dataDirectory: folder, blobstoreDiskLocation: join(folder, 'blobs'), didPlcUrl: plcOrigin, disableSsrfProtection: true,
  jwtSecret: randomBytes(16).toString('hex'), dpopSecret: randomBytes(32).toString('hex'), adminPassword: randomBytes(16).toString('hex'),
  plcRotationKeyK256PrivateKeyHex: Buffer.from(await rotationKey.export()).toString('hex'),
  // An AppView that is not there: what it should answer comes back as 502 UpstreamFailure.
  bskyAppViewDid: 'did:web:api.bsky.app', bskyAppViewUrl: 'http://localhost:1', crawlers: [],
});
await pds.start();
process.stdout.write(`${JSON.stringify({ pdsOrigin: `http://localhost:${port}`, plcOrigin })}\n`);
process.stdin.resume();
process.stdin.on('end', () => void stop());

async function stop() {
  await pds.destroy();
  await directory.destroy();
  rmSync(folder, { recursive: true, force: true });
  process.exit(0);
}

function findPort() {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.once('error', fail);
    probe.listen(0, '127.0.0.1', () => {
      const { port: free } = probe.address();
      probe.close(() => done(free));
    });
  });
}
