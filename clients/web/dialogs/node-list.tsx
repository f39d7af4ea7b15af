// How every node does, asked anew every two seconds as long as it is looked at.
import { useEffect, useState } from 'react';
import type { CallData } from '../../js/index.ts';
import { useWorkspace } from '../hooks/use-workspace.ts';
import { DialogError } from './dialog-frame.tsx';

type Stats = CallData<'admin:stats'>;
type Node = Stats['nodes'][number];

const EVERY = 2000;
/** Milliseconds after which a node that told nothing is taken for gone. */
const SILENT = 10_000;

const amount = (value: number) => value.toLocaleString(undefined, { maximumFractionDigits: 1 });
const ms = (value: number | null | undefined) =>
  value === null || value === undefined ? '–' : `${amount(value)} ms`;

export function NodeList() {
  const { court } = useWorkspace();
  const [stats, setStats] = useState<Stats>();
  const [error, setError] = useState<string>();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let over = false;
    const look = async () => {
      try {
        const next = await court.call('admin:stats', {});
        if (over) return;
        setStats(next);
        setError(undefined);
      } catch (failure) {
        if (over) return;
        setError((failure as Error).message);
      }
      timer = setTimeout(look, EVERY);
    };
    void look();
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [court]);
  return (
    <div className="browse">
      <DialogError error={error} />
      <ul>
        {stats?.nodes.map(one => (
          <NodeRow key={one.node} node={one} />
        ))}
      </ul>
      {stats?.outbox && (
        <p className="dialog-text">
          Outbox: {amount(stats.outbox.waiting)} waiting, {amount(stats.outbox.dead)} given up
        </p>
      )}
    </div>
  );
}

function NodeRow({ node }: { node: Node }) {
  const silent = node.ageMs > SILENT;
  const troubled = silent || node.pressure.level > 0 || node.database.state === 'away';
  const figures: [string, string][] = [
    ['Sockets', amount(node.sockets)],
    ['People', amount(node.people)],
    ['Messages/s', amount(node.perSecond.messages)],
    ['Deliveries/s', amount(node.perSecond.deliveries)],
    ['Median answer', ms(node.acks.p50)],
    ['99% of answers', ms(node.acks.p99)],
    ['Memory', `${amount(Math.round(node.memory.rss / 2 ** 20))} MB`],
    ['Load', node.draining ? 'draining' : node.pressure.words],
    ['Database', node.database.state === 'ok' ? ms(node.database.ms) : 'away'],
    ...(node.redis === undefined ? [] : [['Redis', node.redis] as [string, string]]),
  ];
  return (
    <li className="node" data-troubled={troubled || undefined}>
      <h3>
        {node.node} <small>{silent ? `silent for ${Math.round(node.ageMs / 1000)} s` : node.version}</small>
      </h3>
      <dl>
        {figures.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </li>
  );
}
