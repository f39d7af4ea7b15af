// I15: restoring a backup begins another log under another name; no client ever mixes the two.
import { createFinding, type Evidence, type Finding } from './evidence.ts';

export function checkEpoch(evidence: Evidence): Finding {
  const finding = createFinding();
  const retired = new Map<string, { t: number; to: string }>();
  const copies = new Map<string, { epoch: string; proof: unknown }>();
  for (const record of evidence.history) {
    switch (record.kind) {
      case 'restore':
        finding.fact();
        if (record.from === record.to || retired.has(`${record.room} ${record.to}`))
          finding.broken(`${record.room} was restored and kept its epoch ${record.to}`, record);
        retired.set(`${record.room} ${record.from}`, record);
        break;
      case 'join': {
        const over = retired.get(`${record.room} ${record.epoch}`);
        if (over && record.since > over.t)
          finding.broken(`${record.client} was let into a log that was over`, record, over);
        break;
      }
      case 'apply': {
        finding.fact();
        const copy = `${record.client} ${record.room} ${record.stay}`;
        const before = copies.get(copy);
        if (before && before.epoch !== record.epoch)
          finding.broken(`${record.client} took entries of two logs into one copy`, before.proof, record);
        copies.set(copy, { epoch: record.epoch, proof: record });
        break;
      }
    }
  }
  for (const read of evidence.of('final')) {
    finding.fact();
    if (read.epoch !== evidence.rooms.get(read.room)?.epoch)
      finding.broken(`${read.node} still reads another log of ${read.room}`, read);
  }
  return finding.end();
}
