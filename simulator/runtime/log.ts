// The simulator's log: lines to whoever started it. Never writes to a stream by itself.

export type Level = 'debug' | 'info' | 'warn' | 'error';

export interface LogSink {
  (level: Level, message: string): void;
}

export class Log {
  private readonly sink: LogSink;
  private readonly said = new Set<string>();

  constructor(sink: LogSink = () => {}) {
    this.sink = sink;
  }

  write(level: Level, message: string): void {
    this.sink(level, message);
  }

  /** Writes the message the first time its key is seen. */
  once(key: string, level: Level, message: string): void {
    if (this.said.has(key)) return;
    this.said.add(key);
    this.sink(level, message);
  }
}
