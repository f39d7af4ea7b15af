// The simulated Google for `npm run simulators`: people with calendars, whose meetings begin and end, and a file in each one's Drive. New keys at each start.
import type { OpenPlayground, Person, Playground, Whereabouts } from '../playground.ts';
import { FREE_BUSY } from './calendar.ts';
import { openGoogleSimulator } from './simulator.ts';

const HALF_AN_HOUR = 30 * 60_000;

const emailOf = ({ id, email }: Person) => email ?? `${id}@example.com`;

export const open: OpenPlayground = async (people, port): Promise<Playground> => {
  const google = await openGoogleSimulator({ port });
  // As if the domain's administrator had said so: who is linked to an address is seen without a consent of their own.
  for (const scope of FREE_BUSY) google.oauth.delegated.add(scope);
  const emails = new Map(people.map(person => [person.id, emailOf(person)]));
  const accountOf = (id: string) => emails.get(id) ?? id;
  for (const person of people) google.addPerson(emailOf(person), { name: person.name });
  const files = people.map(({ id, name }) =>
    google.addFile(accountOf(id), {
      name: `Plan of ${name}`,
      mimeType: 'application/vnd.google-apps.document',
    }),
  );
  const meetings = new Map<string, { readonly event: string; readonly until: number }>();
  const meetingOf = (id: string) => {
    const meeting = meetings.get(id);
    return meeting && meeting.until > Date.now() ? meeting : undefined;
  };
  const end = (id: string) => {
    const meeting = meetings.get(id);
    if (meeting) google.calendars.cancel(accountOf(id), meeting.event);
    meetings.delete(id);
  };
  return {
    title: 'Google',
    settings: { GOOGLE_ROOT_URL: google.url, GOOGLE_CREDENTIALS: google.credentials.both },
    notes: [
      `Calendars: ${[...emails.values()].join(', ')}.`,
      `A file in a Drive: ${files[0]?.webViewLink}`,
      'The service account asks every 3 minutes; who presses "Connect Google" is seen at once.',
    ],
    places: [],
    deeds: {
      meet: {
        do(id) {
          end(id);
          // Whole minutes, as calendars have them.
          const until = Math.ceil((Date.now() + HALF_AN_HOUR) / 60_000) * 60_000;
          const event = google.calendars.put(accountOf(id), {
            start: { dateTime: new Date().toISOString() },
            end: { dateTime: new Date(until).toISOString() },
          });
          meetings.set(id, { event, until });
        },
      },
      'end meeting': { do: end },
    },
    accountOf,
    whereabouts: () =>
      people.flatMap(({ id }): Whereabouts[] => {
        const meeting = meetingOf(id);
        if (!meeting) return [];
        const time = new Date(meeting.until).toTimeString().slice(0, 5);
        return [{ person: id, status: 'busy', words: `in a meeting until ${time}` }];
      }),
    [Symbol.asyncDispose]: () => google[Symbol.asyncDispose](),
  };
};
