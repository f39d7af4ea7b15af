// A bot as a process of its own, for the test that kills it: writes down every message it handles before it goes on.
import { appendFileSync } from 'node:fs';
import { App } from '../index.ts';

const file = process.env.SCRIBE_FILE as string;
const app = new App();
app.message(async ({ message, say }) => {
  appendFileSync(file, `${message.text}\n`);
  if (Number(message.text) % 50 === 0) await say(`noted ${message.text}`);
});
await app.start();
