/** The connection to the relay: opened with a token in its first message, never in its address. */
import type { Bytes } from "../bytes.ts";

/** Why a connection ended, by the relay's codes. `away`: no hub is there, or nobody answers. */
export type Ended = "away" | "signed-out" | "not-allowed" | "too-slow" | "too-many" | "ended";

export interface Pipe {
  send(data: Bytes): void;
  close(): void;
  /** How many bytes wait to be sent. */
  readonly waiting: number;
  onmessage: (data: Bytes) => void;
  onclose: (why: Ended) => void;
}

/** As a browser has it; handed in, so that tests and workers can bring their own. */
export type MakeSocket = (url: string) => WebSocket;

const WHY: Readonly<Record<number, Ended>> = {
  4401: "signed-out",
  4403: "not-allowed",
  4404: "away",
  4408: "too-slow",
  4410: "ended",
  4429: "too-many",
};

export class PipeEnded extends Error {
  constructor(readonly why: Ended) {
    super(why);
  }
}

/** What a browser says first: who it is, and which hub of which of one's households it wants. */
export interface Hello {
  readonly token: string;
  readonly hub?: string;
  readonly household?: string;
}

/** Connects to the household's hub. Throws PipeEnded. */
export function openPipe(make: MakeSocket, url: string, hello: Hello): Promise<Pipe> {
  const socket = make(url);
  socket.binaryType = "arraybuffer";
  return new Promise((resolve, reject) => {
    const early: Bytes[] = [];
    let ended: Ended | null = null;
    let heard: ((data: Bytes) => void) | null = null;
    let closed: ((why: Ended) => void) | null = null;
    const pipe: Pipe = {
      send: (data) => socket.readyState === socket.OPEN && socket.send(data),
      close: () => socket.close(),
      get waiting() {
        return socket.bufferedAmount;
      },
      set onmessage(listener: (data: Bytes) => void) {
        heard = listener;
        for (const data of early.splice(0)) listener(data);
      },
      set onclose(listener: (why: Ended) => void) {
        closed = listener;
        if (ended) listener(ended);
      },
    };
    socket.onopen = () => socket.send(JSON.stringify(hello));
    socket.onmessage = (event: MessageEvent<unknown>) => {
      if (event.data instanceof ArrayBuffer) {
        const data = new Uint8Array(event.data);
        if (heard) heard(data);
        else early.push(data);
      } else resolve(pipe);
    };
    socket.onclose = (event) => {
      ended = WHY[event.code] ?? "away";
      reject(new PipeEnded(ended));
      closed?.(ended);
    };
  });
}
