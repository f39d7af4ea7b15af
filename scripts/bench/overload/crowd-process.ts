// A crowd in a process of its own, so that its work is not mistaken for the hub's: one message in for one message out.
import { type Crowd, type Offer, openCrowd, type Told } from './crowd.ts';

export type Ask =
  | { readonly open: { url: string; secret: string; sockets: number; perRoom: number } }
  | { readonly offer: Offer }
  | { readonly check: true };
export type Answer = { readonly told?: Told; readonly broken?: string[]; readonly failed?: string };

let crowd: Crowd | undefined;

async function answer(ask: Ask): Promise<Answer> {
  if ('open' in ask) {
    const { url, secret, ...size } = ask.open;
    crowd = await openCrowd(url, secret, size);
    return {};
  }
  if (!crowd) throw new Error('There is no crowd yet.');
  if ('offer' in ask) return { told: await crowd.offer(ask.offer) };
  return { broken: await crowd.check() };
}

process.on('message', (ask: Ask) => {
  answer(ask).then(
    good => process.send?.(good),
    error => process.send?.({ failed: `${error?.stack ?? error}` }),
  );
});
process.once('disconnect', () => {
  crowd?.close();
  process.exit(0);
});
