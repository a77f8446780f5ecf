import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { KafkaEnvironment } from './config.js';
import type { BrokerJars } from './jars.js';
import { startLeashed, type Leashed } from './leash.js';
import { brokersSeenBy } from './ports.js';
import { serverProperties, type ClusterPlan, type NodePlan } from './server-properties.js';

const READY_MS = 90_000;
const STOP_MS = 20_000;
const POLL_MS = 50;

export interface NodeSetting {
  readonly plan: NodePlan;
  readonly cluster: ClusterPlan;
  readonly dir: string;
  readonly jars: BrokerJars;
  readonly environment: KafkaEnvironment;
  readonly heapMb: number;
}

/** One broker, which is its own controller; tests kill, freeze and restart it. */
export class BrokerNode {
  private running: Leashed | undefined;
  private archive: { readonly unfinished: string; readonly file: string } | undefined;

  constructor(private readonly setting: NodeSetting) {}

  get port(): number {
    return this.setting.plan.port;
  }

  /** Of the broker's Java; undefined while it is down. */
  get pid(): number | undefined {
    return this.running === undefined || this.running.hasEnded() ? undefined : this.running.pid;
  }

  /** Its log segments, `<topic>-<partition>` each a folder; for faults. */
  get dataDir(): string {
    return join(this.setting.dir, 'data');
  }

  get logFile(): string {
    return join(this.setting.dir, 'kafka.log');
  }

  /** Makes the data folder where there is none. */
  async format(): Promise<void> {
    const { plan, cluster, dir, jars, environment } = this.setting;
    mkdirSync(dir, { recursive: true });
    writeFileSync(this.properties, serverProperties(plan, cluster, this.dataDir));
    if (existsSync(join(this.dataDir, 'meta.properties'))) return;
    const all = cluster.nodes.map(({ id, controllerPort, directoryId }) => `${id}@127.0.0.1:${controllerPort}:${directoryId}`);
    const quorum = all.length === 1 ? ['--standalone'] : ['--initial-controllers', all.join(',')];
    const format = ['format', '--ignore-formatted', ...quorum, '-t', cluster.clusterId, '-c', this.properties];
    const args = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', jars.classPath, 'kafka.tools.StorageTool', ...format];
    await new Promise<void>((resolve, reject) => {
      execFile(environment.java, args, { env: environment.inherited, timeout: READY_MS }, (error, stdout, stderr) => {
        if (error === null) resolve();
        else reject(new Error(`The data folder of a Kafka broker could not be made: ${(stdout + stderr).slice(-2_000)}`));
      });
    });
  }

  /** Starts the broker and waits until it knows so many brokers. @throws Error with the end of its log */
  async start(brokers = 1): Promise<void> {
    const { jars, environment } = this.setting;
    const args = [...this.flags(), '-cp', jars.classPath, 'kafka.Kafka', this.properties];
    this.running = await startLeashed(environment.java, args, this.logFile, environment.inherited);
    const deadline = Date.now() + READY_MS;
    while ((await brokersSeenBy(this.port)) < brokers) {
      const why = this.running.hasEnded() ? 'ended' : Date.now() > deadline ? `is not ready after ${READY_MS / 1_000} s` : undefined;
      if (why !== undefined) throw new Error(`The Kafka broker on port ${this.port} ${why}. ${readFileSync(this.logFile, 'utf8').slice(-2_000)}`);
      await pause(POLL_MS);
    }
  }

  /** Stops in order, at worst by force; what was acknowledged is kept either way. */
  async stop(): Promise<void> {
    const { running } = this;
    if (running === undefined || running.hasEnded()) return;
    this.signal('SIGCONT');
    this.signal('SIGTERM');
    const given = new AbortController();
    const isLate = await Promise.race([running.ended.then(() => false), pause(STOP_MS, true, { signal: given.signal }).catch(() => true)]);
    given.abort();
    if (isLate) await this.kill();
    if (this.archive !== undefined && existsSync(this.archive.unfinished)) renameSync(this.archive.unfinished, this.archive.file);
  }

  /** As a power cut of this broker alone. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.running?.ended;
  }

  /** Frozen: it holds its connections and answers nothing. */
  freeze(): void {
    this.signal('SIGSTOP');
  }

  thaw(): void {
    this.signal('SIGCONT');
  }

  private signal(name: NodeJS.Signals): void {
    const { pid } = this;
    if (pid !== undefined) process.kill(pid, name);
  }

  private get properties(): string {
    return join(this.setting.dir, 'server.properties');
  }

  private flags(): string[] {
    const { jars, heapMb } = this.setting;
    const logging = ['defaultLogLevel=warn', 'showDateTime=true', 'log.org.apache.kafka.clients.NetworkClient=error'].map((one) => `-Dorg.slf4j.simpleLogger.${one}`);
    const flags = [`-Xmx${heapMb}m`, '-Xms64m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto', '-Xlog:cds=off', '-Xlog:cds+dynamic=off', ...logging];
    // The first clean stop leaves an archive of loaded classes, which halves every later start.
    const file = join(jars.folder, `classes-${jars.key}.jsa`);
    if (existsSync(file)) return [...flags, `-XX:SharedArchiveFile=${file}`];
    const unfinished = `${file}.${process.pid}.${this.setting.plan.id}`;
    this.archive = { unfinished, file };
    return [...flags, `-XX:ArchiveClassesAtExit=${unfinished}`];
  }
}
