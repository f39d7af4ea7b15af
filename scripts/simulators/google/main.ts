// Google on this machine to develop against: three people, a meeting that has just begun, a file; new keys at each start.
//
//     node scripts/simulators/google/main.ts [port]
import { openGoogleSimulator } from './simulator.ts';

const PORT = 54_322;

await using google = await openGoogleSimulator({ port: Number(process.argv[2] ?? PORT) });
for (const [email, name] of [
  ['ada@example.com', 'Ada'],
  ['ben@example.com', 'Ben'],
  ['eve@gmail.com', 'Eve'],
] as const)
  google.addPerson(email, { name });
const half = 30 * 60_000;
google.calendars.put('ada@example.com', {
  start: { dateTime: new Date().toISOString() },
  end: { dateTime: new Date(Date.now() + half).toISOString() },
});
const plan = google.addFile('ada@example.com', {
  name: 'Plan of the new court',
  mimeType: 'application/vnd.google-apps.document',
});
process.stdout.write(
  [
    'A Google for this machine alone. Start the hub with these settings; Ctrl-C ends it.',
    '',
    `GOOGLE_ROOT_URL=${google.url}`,
    `GOOGLE_CREDENTIALS='${google.credentials.client}'`,
    '',
    `A file of Ada's: ${plan.webViewLink}`,
    '',
  ].join('\n'),
);
await new Promise(resolve => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve);
});
