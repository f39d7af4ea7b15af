// I11: at the end everyone is told of those who are there as there, and of nobody else.
import { createFinding, type Evidence, type Finding } from './evidence.ts';

export function checkPresence(evidence: Evidence): Finding {
  const finding = createFinding();
  for (const record of evidence.of('presence')) {
    finding.fact();
    if (record.online !== (record.status !== 'offline'))
      finding.broken(
        `${record.about} is ${record.online ? 'there' : 'gone'}, and shown as ${record.status} on ${record.node}`,
        record,
      );
  }
  return finding.end();
}
