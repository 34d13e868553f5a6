import type { ServerResponse } from 'node:http';
import type { EventSource } from './route.ts';

/** A reader this far behind has gone, or will catch up faster by asking anew. */
const backlogBytesMax = 1_048_576;

interface StreamOptions {
  readonly heartbeatMs: number;
  /** Asked at each heartbeat; false ends the stream (signed out, removed from the workspace). */
  readonly isStillAllowed: () => Promise<boolean>;
}

/** The event streams that are open now. */
export interface EventStreams {
  /** Writes the head and keeps the stream open until either side ends it. */
  readonly open: (response: ServerResponse, source: EventSource, options: StreamOptions) => void;
  readonly endAll: () => void;
}

export function createEventStreams(): EventStreams {
  const ends = new Set<() => void>();
  return {
    open: (response, source, options) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8', 'X-Accel-Buffering': 'no' });
      response.write('retry: 3000\n\n');
      const end = run(response, source, options);
      ends.add(end);
      response.on('close', () => {
        ends.delete(end);
        end();
      });
    },
    endAll: () => {
      for (const end of ends) end();
    },
  };
}

/** Answers how to end the stream; ending twice does nothing. */
function run(response: ServerResponse, source: EventSource, options: StreamOptions): () => void {
  let isOpen = true;
  let stop: (() => void) | null = null;
  const write = (text: string): void => {
    if (!isOpen) return;
    response.write(text);
    if (response.writableLength > backlogBytesMax) response.destroy();
  };
  const heartbeat = setInterval(() => {
    write(': alive\n\n');
    options.isStillAllowed().then((isAllowed) => {
      if (!isAllowed) end();
    }, end);
  }, options.heartbeatMs);
  function end(): void {
    if (!isOpen) return;
    isOpen = false;
    clearInterval(heartbeat);
    stop?.();
    response.end();
  }
  stop = source.start((data) => write(`data: ${JSON.stringify(data)}\n\n`), end);
  if (!isOpen) stop();
  return end;
}
