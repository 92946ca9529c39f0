import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { until } from './until.js';

const environment = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };

/** Programs of Debian's `slurm-wlm` and `munge` that are not installed. */
export const missingForSlurm: readonly string[] = [
  'munged',
  'slurmctld',
  'slurmd',
  'sbatch',
  'squeue',
  'scancel',
].filter((program) => spawnSync('sh', ['-c', `command -v ${program}`], { env: environment }).status !== 0);

/** Seconds a credential is good for, the fewest that Slurm takes: what is requeued is not started before that is over. */
const credentialSeconds = 5;

/**
 * A real Slurm of two nodes with one core each, on the loopback, in a temporary directory: munged, slurmctld and two
 * slurmd of the user who runs the tests. Jobs of the partition `low` give way to those of `high` and are requeued.
 */
export class SlurmCluster {
  readonly directory = mkdtempSync(join(tmpdir(), 'mmx-slurm-'));
  readonly environment: NodeJS.ProcessEnv;
  readonly #daemons: ChildProcess[] = [];

  private constructor() {
    this.environment = { ...environment, SLURM_CONF: join(this.directory, 'slurm.conf') };
  }

  /** @throws Error with what the daemons say when it does not come up */
  static async start(): Promise<SlurmCluster> {
    const cluster = new SlurmCluster();
    try {
      await cluster.#start();
    } catch (error) {
      const said = ['munged.log', 'slurmctld.log', 'n0.log']
        .map((name) => join(cluster.directory, name))
        .map((path) => (existsSync(path) ? readFileSync(path, 'utf8').slice(-2000) : `no ${path}`));
      await cluster.stop();
      throw new Error(`Slurm did not start: ${error}\n${said.join('\n')}`);
    }
    return cluster;
  }

  /** Runs a program of Slurm. @returns what it prints */
  command(program: string, ...args: string[]): string {
    const { stdout, stderr, status } = spawnSync(program, args, { env: this.environment, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
    return stdout;
  }

  async stop(): Promise<void> {
    spawnSync('scancel', ['--me'], { env: this.environment });
    await Promise.all(
      this.#daemons.map(async (daemon) => {
        if (daemon.exitCode !== null || daemon.signalCode !== null) return;
        const ended = new Promise((resolve) => daemon.once('exit', resolve));
        daemon.kill('SIGTERM');
        const kill = setTimeout(() => daemon.kill('SIGKILL'), 5000);
        await ended;
        clearTimeout(kill);
      }),
    );
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }

  async #start(): Promise<void> {
    const at = (name: string): string => join(this.directory, name);
    const [controller = 0, ...nodes] = await freePorts(3);
    mkdirSync(at('munge'), { mode: 0o700 });
    mkdirSync(at('state'));
    writeFileSync(at('munge/key'), randomBytes(1024), { mode: 0o600 });
    chmodSync(this.directory, 0o755);
    const socket = at('munge.socket');
    this.#daemon('munged', [
      '--foreground',
      '--force',
      `--key-file=${at('munge/key')}`,
      `--socket=${socket}`,
      `--pid-file=${at('munge/pid')}`,
      `--seed-file=${at('munge/seed')}`,
      `--log-file=${at('munged.log')}`,
    ]);
    await until('the socket of munged', () => existsSync(socket), 30);

    const user = userInfo().username;
    const host = hostname();
    const lines = [
      'ClusterName=mmx',
      `SlurmctldHost=${host}(127.0.0.1)`,
      'AuthType=auth/munge',
      `AuthInfo=socket=${socket},cred_expire=${credentialSeconds}`,
      `SlurmUser=${user}`,
      `SlurmdUser=${user}`,
      `SlurmctldPort=${controller}`,
      `StateSaveLocation=${at('state')}`,
      `SlurmctldPidFile=${at('slurmctld.pid')}`,
      `SlurmctldLogFile=${at('slurmctld.log')}`,
      `SlurmdPidFile=${at('%n.pid')}`,
      `SlurmdLogFile=${at('%n.log')}`,
      `SlurmdSpoolDir=${at('%n')}`,
      'SlurmdParameters=config_overrides',
      'ProctrackType=proctrack/linuxproc',
      'TaskPlugin=task/none',
      'SwitchType=switch/none',
      'MpiDefault=none',
      'JobAcctGatherType=jobacct_gather/none',
      'AccountingStorageType=accounting_storage/none',
      'SelectType=select/cons_tres',
      'SelectTypeParameters=CR_Core',
      'SchedulerType=sched/backfill',
      'SchedulerParameters=sched_interval=3,sched_min_interval=1,batch_sched_delay=0,bf_interval=1',
      'ReturnToService=2',
      'KillWait=10',
      'PreemptType=preempt/partition_prio',
      'PreemptMode=REQUEUE',
      ...nodes.map(
        (port, index) =>
          `NodeName=n${index} NodeHostname=${host} NodeAddr=127.0.0.1 Port=${port} CPUs=1 RealMemory=2000`,
      ),
      'PartitionName=low Nodes=ALL Default=YES MaxTime=INFINITE State=UP PriorityTier=1',
      'PartitionName=high Nodes=ALL MaxTime=INFINITE State=UP PriorityTier=10',
    ];
    writeFileSync(at('slurm.conf'), `${lines.join('\n')}\n`);
    this.#daemon('slurmctld', ['-D']);
    for (const index of nodes.keys()) {
      mkdirSync(at(`n${index}`));
      this.#daemon('slurmd', ['-D', '-N', `n${index}`]);
    }
    await until('idle nodes', () => {
      const { stdout } = spawnSync('sinfo', ['-h', '-p', 'low', '-t', 'idle', '-o', '%D'], {
        env: this.environment,
        encoding: 'utf8',
      });
      return stdout.trim() === String(nodes.length);
    });
  }

  #daemon(program: string, args: readonly string[]): void {
    this.#daemons.push(spawn(program, args, { env: this.environment, stdio: 'ignore' }));
  }
}

/** Ports that nobody listens on; they are held together, so that all differ. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => {
    const address = server.address();
    return address !== null && typeof address === 'object' ? address.port : 0;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
