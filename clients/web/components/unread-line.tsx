// Where the unread begins, and the offer to have it told in short.
import { useRoomActions } from './room-context.ts';

/** @param first number of the first unread message */
export function UnreadLine({ first }: { first: number }) {
  const { recap } = useRoomActions();
  return (
    <div className="line">
      {recap && Number.isFinite(first) && (
        <button type="button" className="line-recap" onClick={() => recap({ after: first - 1 })}>
          Summarize
        </button>
      )}
      <span>New messages</span>
    </div>
  );
}
