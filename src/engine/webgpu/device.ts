import { setImmediate } from 'node:timers/promises';
import { missingLibraries } from '../shared-libraries.js';
import { unavailable } from '../unavailable.js';
import type { GpuBuffer } from './read-back.js';

/** What is used of Dawn's WebGPU: https://www.w3.org/TR/webgpu names and explains it. */
export interface GpuDevice {
  readonly limits: Readonly<Record<string, number>>;
  readonly queue: { submit(commands: readonly unknown[]): void };
  readonly lost: Promise<{ readonly reason: string; readonly message: string }>;
  createBuffer(descriptor: { size: number; usage: number }): GpuBuffer & { destroy(): void };
  destroy(): void;
  addEventListener(type: 'uncapturederror', listener: (event: GpuErrorEvent) => void): void;
}

interface GpuErrorEvent {
  readonly error: { readonly message: string };
  preventDefault(): void;
}

interface AdapterInfo {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  readonly isFallbackAdapter?: boolean;
}

interface Adapter {
  readonly info: AdapterInfo;
  readonly limits: Readonly<Record<string, number>>;
  requestDevice(descriptor: { requiredLimits: Record<string, number> }): Promise<GpuDevice>;
}

interface Gpu {
  requestAdapter(options: { powerPreference: 'high-performance' }): Promise<Adapter | null>;
}

/** The package `webgpu`: Dawn, Chromium's WebGPU, for Node.js. */
export interface Dawn {
  readonly create: (options: readonly string[]) => Gpu;
  readonly globals: Readonly<Record<string, unknown>>;
}

export interface OpenDevice {
  readonly device: GpuDevice;
  readonly info: AdapterInfo;
  /** What the GPU is called. */
  readonly name: string;
  /** The first thing that went wrong on the device, once something has: its later results are worth nothing. */
  fault(): string | undefined;
}

/** Limits that tfjs asks an adapter for in full; the defaults of the standard are those of a phone. */
const wantedLimits = [
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxStorageBufferBindingSize',
  'maxBufferSize',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
];

/** Dawn lives as long as this is referenced. */
let gpu: Gpu | undefined;

/**
 * The GPU that Dawn prefers. A software adapter, which computes on the CPU a hundred times slower than the
 * other engines, is refused unless `MMX_WEBGPU_SOFTWARE=1`: tests run on one.
 * @throws MmxError `engine/unavailable` when there is no GPU
 */
export async function openDevice({ create, globals }: Dawn): Promise<OpenDevice> {
  for (const [key, value] of Object.entries(globals)) {
    Object.defineProperty(globalThis, key, { value, configurable: true, writable: true });
  }
  // Asked first, for Dawn complains of it on the console.
  if (process.platform === 'linux' && missingLibraries(['libvulkan.so.1']).length > 0) {
    throw unavailable(
      'webgpu',
      'the Vulkan loader libvulkan.so.1 is missing',
      "install libvulkan1 (Debian, Ubuntu) or vulkan-loader (Fedora), and the GPU's driver",
    );
  }
  gpu ??= create([]);
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null) {
    throw unavailable(
      'webgpu',
      'there is no GPU that WebGPU can use',
      "install the driver of the GPU's maker",
    );
  }
  const { info, limits } = adapter;
  const name = info.description || info.device || `${info.vendor} ${info.architecture}`;
  if (info.isFallbackAdapter !== false && process.env.MMX_WEBGPU_SOFTWARE !== '1') {
    throw unavailable(
      'webgpu',
      `${name} is not a GPU: it computes on the CPU`,
      "install the driver of the GPU's maker, or use --engine ort",
    );
  }
  const requiredLimits = Object.fromEntries(wantedLimits.map((limit) => [limit, limits[limit] ?? 0]));
  const device = await adapter.requestDevice({ requiredLimits });
  let fault: string | undefined;
  device.addEventListener('uncapturederror', (event) => {
    event.preventDefault();
    const outOfMemory = event.error.constructor.name === 'GPUOutOfMemoryError';
    const message = event.error.message.trim().split('\n')[0];
    fault ??= outOfMemory ? `its memory is full (${message})` : message;
  });
  void device.lost.then(({ message }) => {
    fault ??= `the GPU was lost (${message})`;
  });
  // Dawn's last look after the device it has just handed over; `mapNow` must find none under way.
  for (let turn = 0; turn < 2; turn++) await setImmediate();
  return { device, info, name, fault: () => fault };
}
