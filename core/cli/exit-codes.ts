// Every exit code of vic-machine, in one place.

export const EXIT = {
  /** It did what was asked, or showed help. */
  ok: 0,
  /** The server, or what is on it, does not allow what was asked; also a run that took longer than --timeout. */
  failure: 1,
  /** The command line is wrong: unknown command or flag, missing or malformed value. */
  usage: 2,
  /** A mistake in vic-machine itself. */
  bug: 70,
  /** Stopped by Ctrl-C. */
  interrupted: 130,
} as const;
