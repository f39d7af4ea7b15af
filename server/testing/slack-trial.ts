// A mirror under trial: what every test of Slack's failures does beside the failure itself.
import * as assert from 'uvu/assert';
import { type SlackStage, until } from './slack.ts';

/** @param current the stage, which a test may have replaced */
export function createTrial(current: () => SlackStage) {
  let count = 0;
  const fresh = (word: string) => `${word} ${++count}`;
  const times = (texts: readonly string[], text: string) => texts.filter(one => one === text).length;
  const reason = () => {
    const state = current().state();
    return 'reason' in state ? state.reason : state.state;
  };

  /** Says something here, which the hub takes at once whatever Slack does. */
  async function sayHere(word: string): Promise<string> {
    const text = fresh(word);
    const began = performance.now();
    await current().say(text);
    assert.ok(performance.now() - began < 5000, 'the hub took it without waiting for Slack');
    return text;
  }
  const arrivesThere = (text: string) =>
    until(
      () => current().there().includes(text),
      () => `${text} there; ${reason()}`,
    );
  const arrivesHere = (text: string) =>
    until(
      async () => (await current().here()).includes(text),
      () => `${text} here; ${reason()}`,
    );

  /** Both ways work, and nothing stands twice. */
  async function flowsOn(...texts: string[]): Promise<void> {
    const out = await sayHere('out');
    const back = fresh('in');
    current().post(back);
    await arrivesThere(out);
    await arrivesHere(back);
    const [here, there] = [await current().here(), current().there()];
    for (const text of [...texts, out, back]) {
      assert.is(times(here, text), 1, `${text} here`);
      assert.is(times(there, text), 1, `${text} there`);
    }
  }

  /** All is well again, for the next test. */
  async function mend(): Promise<void> {
    const { slack, state, channel } = current();
    slack.mend();
    slack.restore();
    channel.is_archived = false;
    Object.assign(slack.chances, { duplicate: 0, reorder: 0 });
    await until(
      () => state().state === 'ready' && slack.sockets.size >= 2,
      () => JSON.stringify(state()),
    );
  }

  return { fresh, times, reason, sayHere, arrivesThere, arrivesHere, flowsOn, mend };
}
