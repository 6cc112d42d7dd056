// What a run says while it works: progress on a terminal, nothing in a pipe unless --debug asks for it, everything in the
// log file when there is one. Holds the line that is being drawn; decides nothing.
import type { TraceEvent } from '../client/index.ts';
import type { StepLog } from '../engine/index.ts';
import type { Io } from './io.ts';
import { logLine } from './log-file.ts';
import { paint } from './output.ts';

export interface RunLogOptions {
  /** --debug: 1 steps and what decided them, 2 every call with its time, 3 the SOAP texts. */
  readonly debug: number;
  /** True: the finished steps stay on the screen. False: a short command, whose progress is wiped when it ends. */
  readonly keep: boolean;
}

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const WIPE = '\r\x1b[K';
/** Steps that take longer are shown with their time. */
const SLOW_MS = 1000;

const STYLES = { info: 'blue', warn: 'yellow', debug: 'dim', call: 'dim' } as const;
type Said = keyof typeof STYLES;

/** The log of one run. `close` must be called at its end. */
export class RunLog implements StepLog {
  private readonly io: Io;
  private readonly options: RunLogOptions;
  private current: string | undefined;
  private verbStep: string | undefined;
  private undoing = false;
  private began = 0;
  private frame = 0;
  private stop: (() => void) | undefined;

  constructor(io: Io, options: RunLogOptions) {
    this.io = io;
    this.options = options;
  }

  /** The verb's step that the run is at, or was at when it failed. */
  get at(): string | undefined {
    return this.verbStep;
  }

  step(title: string): void {
    this.verbStep = title;
    this.begin(title);
  }

  /** Something that takes time and is no step of the verb: connecting, reading. */
  begin(title: string): void {
    this.finish('✓');
    this.current = title;
    this.began = performance.now();
    logLine(this.io, 'info', title);
    if (this.options.debug >= 1) this.line('info', title);
    else this.draw();
  }

  undo(): void {
    this.finish('✗');
    this.undoing = true;
    this.begin('Taking back what was done');
  }

  warn(text: string): void {
    this.say('warn', text);
  }

  note(text: string): void {
    if (this.options.debug >= 1) this.say('debug', text);
    else logLine(this.io, 'debug', text);
  }

  /** A call to the server, for --debug 2 and 3. */
  readonly trace = (event: TraceEvent): void => {
    const { method, self, milliseconds, error } = event;
    this.say('call', `${method} ${self.type}:${self.value}  ${milliseconds.toFixed(1)} ms  ${error ? `failed: ${error.message}` : 'ok'}`);
    if (this.options.debug < 3) return;
    this.say('call', `> ${event.request()}`);
    this.say('call', `< ${event.response()}`);
  };

  /** Ends the progress; nothing is drawn afterwards. */
  close(outcome: 'done' | 'failed'): void {
    this.finish(outcome === 'done' || this.undoing ? '✓' : '✗');
  }

  private say(level: Said, text: string): void {
    logLine(this.io, level, text);
    if (this.stop) this.io.stderr(WIPE);
    this.line(level, text);
    if (this.stop) this.redraw();
  }

  private line(level: Said, text: string): void {
    this.io.stderr(`${paint(this.io, STYLES[level], level.padEnd(5))} ${text}\n`);
  }

  private draw(): void {
    const { screen } = this.io;
    if (!screen) return;
    this.redraw();
    this.stop = screen.animate(() => {
      this.frame++;
      this.redraw();
    });
  }

  private redraw(): void {
    const room = (this.io.screen?.columns() ?? 80) - 4;
    const title = this.current!.length > room ? `${this.current!.slice(0, room - 1)}…` : this.current!;
    this.io.stderr(`${WIPE}${paint(this.io, 'blue', FRAMES[this.frame % FRAMES.length]!)} ${title}`);
  }

  private finish(sign: '✓' | '✗'): void {
    this.stop?.();
    if (!this.stop) return;
    this.stop = undefined;
    this.io.stderr(WIPE);
    if (!this.options.keep) return;
    const milliseconds = performance.now() - this.began;
    const time = milliseconds < SLOW_MS ? '' : paint(this.io, 'dim', `  ${(milliseconds / 1000).toFixed(1)} s`);
    this.io.stderr(`${paint(this.io, sign === '✓' ? 'green' : 'red', sign)} ${this.current}${time}\n`);
  }
}
