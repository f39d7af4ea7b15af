// What tests of several hubs look at and ask for: a person's presence as it was pushed, and the Express door.
import type { TestHub } from './boot.ts';
import type { TestClient } from './client.ts';

/** All states of one person that were pushed, in order. */
export const changes = (client: TestClient, user: string): string[] =>
  client.pushes
    .filter(push => push.name === 'presence')
    .flatMap(push => (push.payload as { changes?: { user: string; status: string }[] }).changes ?? [])
    .filter(change => change.user === user)
    .map(change => change.status);

/** Any answer, with its status in it. */
export async function post(hub: TestHub, path: string, body: object, bearer?: string) {
  const answer = await fetch(`${hub.url}${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...(bearer && { Authorization: `Bearer ${bearer}` }) },
    body: JSON.stringify(body),
  });
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape
  return { ...((await answer.json()) as any), status: answer.status };
}

/** What /readyz says. */
export async function readiness(hub: TestHub): Promise<{ ready: boolean; checks: { redis: string } }> {
  return (await fetch(`${hub.url}/readyz`)).json() as Promise<{ ready: boolean; checks: { redis: string } }>;
}
