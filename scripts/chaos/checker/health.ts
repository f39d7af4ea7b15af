// I16: no node ended, failed or complained in a way nobody asked for, and what each holds open returned to where it began.
import { createFinding, type Evidence, type Finding } from './evidence.ts';

/** Handles more than at the start that are no leak: pooled database connections, keep-alive sockets of probes. */
const SLACK = 15;

export function checkHealth(evidence: Evidence): Finding {
  const finding = createFinding();
  for (const trouble of evidence.of('trouble')) finding.broken(`${trouble.node}: ${trouble.what}`, trouble);
  const baselines = new Map<string, { open: number }>();
  for (const record of evidence.of('handles')) {
    if (record.at === 'baseline') {
      baselines.set(record.node, record);
      continue;
    }
    finding.fact();
    const before = baselines.get(record.node);
    if (before && record.open > before.open + SLACK)
      finding.broken(
        `${record.node} held ${before.open} handles at its start and ${record.open} at the end`,
        before,
        record,
      );
  }
  return finding.end();
}
