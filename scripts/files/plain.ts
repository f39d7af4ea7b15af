// Plain Express streaming to disk, as a process of its own: what the hub's files are measured beside. The folder is its argument; it says its port.
import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import express from 'express';

const file = path.join(process.argv[2] ?? '.', 'plain.bin');
const app = express();
app.put('/file', async (req, res) => {
  await pipeline(req, createWriteStream(file));
  if (req.query.sync) {
    const handle = await open(file, 'r+');
    await handle.sync().finally(() => handle.close());
  }
  res.status(204).end();
});
app.get('/file', async (_req, res) => {
  await pipeline(createReadStream(file), res);
});
const server = app.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});
