// Whether one is told of the answers in a thread: who wrote in it is, and who wants to be.
import { useEffect, useState } from 'react';
import type { Room } from '../../js/index.ts';
import { useWorkspace } from '../hooks/use-workspace.ts';

interface Props {
  room: Room;
  root: string;
  /** An answer of one's own makes it one's thread. */
  replies: number;
}

export function FollowButton({ room, root, replies }: Props) {
  const { court } = useWorkspace();
  const [following, setFollowing] = useState<boolean>();

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new answer is what triggers it
  useEffect(() => {
    const left = new AbortController();
    court.call('notify:thread', { room: room.id, thread: root }, { signal: left.signal }).then(
      answer => setFollowing(answer.following),
      // Without an answer there is one button less.
      () => undefined,
    );
    return () => left.abort();
  }, [court, room, root, replies]);

  if (following === undefined) return null;
  const turn = () =>
    court.call('notify:thread', { room: room.id, thread: root, on: !following }).then(
      answer => setFollowing(answer.following),
      () => setFollowing(undefined),
    );
  return (
    <button
      type="button"
      className="button small follow"
      aria-pressed={following}
      title={
        following ? 'You are told of answers while you are away' : 'Be told of answers while you are away'
      }
      onClick={() => void turn()}
    >
      {following ? 'Following' : 'Follow'}
    </button>
  );
}
