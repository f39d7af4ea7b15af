// Who writes just now. Always takes its place, so that nothing jumps.
import { usePerson } from '../hooks/use-workspace.ts';

export function TypingLine({ users }: { users: readonly string[] }) {
  const [first, second] = users;
  return (
    <p className="typing" role="status">
      {first !== undefined && (
        <>
          <span className="typing-dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          {users.length > 2 ? (
            'Several people are typing'
          ) : (
            <>
              <Name user={first} />
              {second !== undefined && (
                <>
                  {' and '}
                  <Name user={second} />
                </>
              )}
              {second === undefined ? ' is typing' : ' are typing'}
            </>
          )}
        </>
      )}
    </p>
  );
}

function Name({ user }: { user: string }) {
  return <strong>{usePerson(user).name}</strong>;
}
