// A hub at home as its owner runs it: paired, started and stopped by the commands of the guide, its bell rung by its page.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";

const run = promisify(execFile);
const FANLIGHT = process.env["FANLIGHT_COMMAND"] ?? "fanlight";

export class Hub {
  readonly home: string;
  #process: ChildProcess | null = null;

  constructor(home: string) {
    this.home = home;
  }

  /** The link of its own page. */
  async page(): Promise<string> {
    return (await run(FANLIGHT, ["hub", "page", "--home", this.home])).stdout.trim();
  }

  /** A hub asks its server every five minutes; nobody waits for that here. No call meets it while it begins anew by itself. */
  async hurry(): Promise<void> {
    await this.stop();
    const path = `${this.home}/hub/hub.json`;
    writeFileSync(path, JSON.stringify({ ...(JSON.parse(readFileSync(path, "utf8")) as object), poll_s: 1, status_s: 1 }));
    await this.start();
  }

  /** Whose key it trusts. */
  get owner(): string {
    return (JSON.parse(readFileSync(`${this.home}/hub/hub.json`, "utf8")) as { owner: string }).owner;
  }

  async start(): Promise<void> {
    const log = openSync(`${this.home}/hub.log`, "a");
    const made = spawn(FANLIGHT, ["hub", "run", "--home", this.home], { stdio: ["ignore", "pipe", log] });
    closeSync(log);
    this.#process = made;
    await new Promise<void>((resolve, reject) => {
      made.stdout.on("data", (said: Buffer) => said.includes("hub ready") && resolve());
      made.on("exit", () => reject(new Error(readFileSync(`${this.home}/hub.log`, "utf8").slice(-500))));
    });
  }

  async stop(): Promise<void> {
    const running = this.#process;
    this.#process = null;
    if (!running || running.exitCode !== null) return;
    running.kill("SIGINT");
    await once(running, "exit");
  }

  /** Rings a camera's bell on the hub's own page, by its key. */
  async ring(camera: string): Promise<void> {
    const [base = "", key = ""] = (await this.page()).split("#");
    const headers = { authorization: `Bearer ${key.replace(/^k(ey)?=/, "")}` };
    const answer = await fetch(new URL(`api/cameras/${camera}/press`, base), { method: "POST", headers });
    if (!answer.ok) throw new Error(`The bell did not ring: ${answer.status} ${await answer.text()}`);
  }

  /** Whether it knows of a recovery that does not count yet. */
  get waits(): boolean {
    const path = `${this.home}/hub/recoveries.json`;
    return existsSync(path) && Object.keys(JSON.parse(readFileSync(path, "utf8")) as object).length > 0;
  }

  /** What it noted of a recovery that it saw is as old as that. */
  age(hours: number): void {
    const path = `${this.home}/hub/recoveries.json`;
    const seen = JSON.parse(readFileSync(path, "utf8")) as Record<string, string>;
    const older = Object.entries(seen).map(([which, at]) => [which, new Date(Date.parse(at) - hours * 3_600_000).toISOString()]);
    writeFileSync(path, JSON.stringify(Object.fromEntries(older)));
  }
}
