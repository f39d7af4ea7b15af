// Where the unread begins, and the offer to have it told in short.
import { useRoomActions } from './room-context.ts';

/** @param after number of the last message that was read */
export function UnreadLine({ after }: { after: number | undefined }) {
  const { recap } = useRoomActions();
  return (
    <div className="line">
      {recap && after !== undefined && (
        <button type="button" className="line-recap" onClick={() => recap({ after })}>
          Summarize
        </button>
      )}
      <span>New messages</span>
    </div>
  );
}
