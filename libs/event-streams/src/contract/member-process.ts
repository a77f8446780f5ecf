import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { eventually } from '@caseledger/testing';
import type { MemberSetting } from './feed-harness.js';

const START_MS = 30_000;

/** A member in a process of its own. */
export class MemberProcess {
  private said = '';

  private constructor(private readonly child: ChildProcess) {
    child.stdout?.on('data', (part: Buffer) => (this.said += part.toString()));
    child.stderr?.on('data', (part: Buffer) => (this.said += part.toString()));
  }

  static start(setting: MemberSetting): MemberProcess {
    const program = fileURLToPath(new URL('./member.main.ts', import.meta.url));
    const loader = ['--conditions=@caseledger/source', '--import', '@swc-node/register/esm-register'];
    const cwd = fileURLToPath(new URL('../..', import.meta.url));
    return new MemberProcess(spawn(process.execPath, [...loader, program, JSON.stringify(setting)], { cwd, stdio: ['ignore', 'pipe', 'pipe'] }));
  }

  /** How many batches the member has begun. */
  batches(): number {
    return this.said.split(' ').filter((word) => /^\d+$/.test(word)).length;
  }

  /** Waits until the member is at work on its `count`th batch. */
  async atWork(count: number): Promise<void> {
    await eventually(
      () => {
        if (this.child.exitCode !== null) throw new Error(`The member ended: ${this.said}`);
        return this.batches() >= count;
      },
      { deadlineMs: START_MS, everyMs: 5 },
    );
  }

  signal(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
    this.child.kill(signal);
  }
}
