// One authenticated question over HTTP, and what its answer says: reachable, accepted, allowed, and whether our clock is right.
import type { Finding } from './check.ts';

export interface Question {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** What it is called, as in "Claude does not take CLAUDE_API_KEY". */
  readonly name: string;
  /** The settings to look at. */
  readonly addressSetting: string;
  readonly keySetting: string;
  /** What a status means here, beside the usual; undefined: the usual. */
  readonly meaning?: (answer: Response) => Finding | undefined | Promise<Finding | undefined>;
}

/** Seconds that our clock may be off before signatures and tokens fail. */
const MAX_SKEW = 60;

export async function ask(question: Question): Promise<Finding> {
  const { url, headers = {}, signal, name, addressSetting } = question;
  let answer: Response;
  try {
    answer = await fetch(url, { headers, signal, redirect: 'manual' });
  } catch (error) {
    if (signal.aborted) throw error;
    const { cause, message } = error as Error;
    const why = (cause as NodeJS.ErrnoException | undefined)?.code ?? message;
    return {
      state: 'failed',
      reason: `${name} cannot be reached at ${new URL(url).host} (${why}).`,
      next: `Check ${addressSetting}, and that this machine may connect there.`,
    };
  }
  const finding = (await question.meaning?.(answer)) ?? usual(question, answer.status);
  if (!answer.bodyUsed) await answer.body?.cancel();
  const skew = skewOf(answer);
  if (skew === undefined) return finding;
  return {
    state: finding.state === 'ok' ? 'degraded' : finding.state,
    reason: `${finding.reason ? `${finding.reason} ` : ''}This machine's clock is ${skew} s off.`,
    next: 'Switch on time synchronisation (NTP) on this machine.',
  };
}

function usual({ name, keySetting, addressSetting }: Question, status: number): Finding {
  if (status < 300) return { state: 'ok' };
  if (status === 401)
    return {
      state: 'failed',
      reason: `${name} does not take the key.`,
      next: `Make a new key there and put it into ${keySetting}.`,
    };
  if (status === 403)
    return {
      state: 'failed',
      reason: `${name} knows the key, but does not allow it enough.`,
      next: `Give the key in ${keySetting} the rights it lacks.`,
    };
  if (status === 429)
    return {
      state: 'degraded',
      reason: `${name} says that it was asked too much, or that nothing is left to spend.`,
      next: 'Wait, or look at limits and billing there.',
    };
  if (status >= 500)
    return {
      state: 'degraded',
      reason: `${name} has trouble of its own (HTTP ${status}).`,
      next: 'Try again later.',
    };
  return {
    state: 'failed',
    reason: `${name} answers, but not as it should (HTTP ${status}).`,
    next: `Check ${addressSetting}.`,
  };
}

function skewOf(answer: Response): number | undefined {
  const date = Date.parse(answer.headers.get('date') ?? '');
  const skew = Math.round(Math.abs(Date.now() - date) / 1000);
  return skew > MAX_SKEW ? skew : undefined;
}
