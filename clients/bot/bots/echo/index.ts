// The example: says again what it is told to.
import { App } from '../../app.ts';
import type { AppOptions } from '../../types.ts';

export function echoBot(options: AppOptions): App {
  const app = new App(options);
  app.message(/^echo\s+(.+)/is, ({ context, say }) => say(context.matches[1] as string));
  app.command(
    '/echo',
    { description: 'Says it again, to you alone', usage: '<text>' },
    async ({ command, ack }) => ack(command.text || 'There is nothing to say again.'),
  );
  return app;
}
