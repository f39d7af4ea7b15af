// Shows how a test run goes: one line for each file, everything of those that failed, and a last line with the sums.
import { styleText } from 'node:util';
import type { Outcome } from './test-file.ts';

export interface Report {
  /** What runs just now, shown on a terminal only. */
  progress(running: readonly string[], done: number, all: number): void;
  finished(outcome: Outcome): void;
  /** True when nothing failed. */
  end(): boolean;
}

const paint: typeof styleText = (format, text) => styleText(format, text, { stream: process.stdout });

export function createReport(json: boolean): Report {
  const outcomes: Outcome[] = [];
  const terminal = !json && process.stdout.isTTY;
  const clear = () => terminal && process.stdout.write('\r\u001b[K');
  const print = (text: string) => process.stdout.write(`${text}\n`);

  return {
    progress(running, done, all) {
      if (!terminal) return;
      clear();
      const line = `  ${done}/${all}  ${running.join('  ')}`;
      process.stdout.write(paint('dim', line.slice(0, (process.stdout.columns ?? 80) - 1)));
    },
    finished(outcome) {
      outcomes.push(outcome);
      if (json) return;
      clear();
      print(line(outcome));
      if (outcome.failed === 0) return;
      if (outcome.output.trim()) print(indent(outcome.output.trimEnd()));
      if (outcome.problem) print(paint('red', indent(`Failed: ${outcome.problem}`)));
      print('');
    },
    end() {
      const sum = (count: 'passed' | 'failed' | 'skipped') =>
        outcomes.reduce((total, one) => total + one[count], 0);
      const [passed, failed, skipped] = [sum('passed'), sum('failed'), sum('skipped')];
      if (json) print(JSON.stringify({ passed, failed, skipped, files: outcomes }));
      else {
        clear();
        work(outcomes, print);
        summary(outcomes, print);
        print(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
      }
      return failed === 0;
    },
  };
}

function line({ name, passed, failed, skipped, ms }: Outcome): string {
  const mark = failed > 0 ? paint('red', '✘') : paint('green', '✓');
  const counts = [
    passed > 0 && `${passed} passed`,
    failed > 0 && paint('red', `${failed} failed`),
    skipped > 0 && paint('yellow', `${skipped} skipped`),
  ];
  return `  ${mark} ${name.padEnd(46)} ${counts.filter(Boolean).join(', ')}  ${paint('dim', `${ms} ms`)}`;
}

/** What kept the processors busiest, where it was measured. */
function work(outcomes: readonly Outcome[], print: (text: string) => void): void {
  const measured = outcomes.flatMap(({ name, ms, cpuMs }) =>
    cpuMs === undefined ? [] : [{ name, ms, cpuMs }],
  );
  if (measured.length === 0) return;
  const seconds = (ms: number) => (ms / 1000).toFixed(1).padStart(7);
  print(`\n${'CPU s'.padStart(7)}${'s'.padStart(7)}`);
  for (const { name, ms, cpuMs } of measured.sort((one, other) => other.cpuMs - one.cpuMs))
    print(`${seconds(cpuMs)}${seconds(ms)}  ${name}`);
  print(`${seconds(measured.reduce((sum, { cpuMs }) => sum + cpuMs, 0))}  in all, beside the database's`);
}

function summary(outcomes: readonly Outcome[], print: (text: string) => void): void {
  print('');
  for (const { name, skipped, reasons } of outcomes.filter(one => one.skipped > 0)) {
    const why = [...reasons, ...Array<string>(skipped - reasons.length).fill('no reason given')];
    for (const reason of why) print(`  ${paint('yellow', 'skipped')}  ${name}: ${reason}`);
  }
  for (const { name, problem, failed } of outcomes.filter(one => one.failed > 0)) {
    print(`  ${paint('red', 'failed')}   ${name}: ${problem?.split('\n')[0] ?? `${failed} of its tests`}`);
  }
  if (outcomes.some(one => one.failed > 0 || one.skipped > 0)) print('');
}

function indent(text: string): string {
  return text.replace(/^/gm, '    ');
}
