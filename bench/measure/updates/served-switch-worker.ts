/** Thread of an emulated switch behind BF Runtime: reports its port and serves until it is terminated. */
import { parentPort, workerData } from 'node:worker_threads';
import { DataPlane, type DataPlaneDescription } from '../../../compiler/index.js';
import { serveBfRuntime } from '../../../hw-driver/server/index.js';
import { Switch } from '../../../sim/index.js';

const { port } = await serveBfRuntime(new Switch(new DataPlane(workerData as DataPlaneDescription)), { port: 0 });
parentPort?.postMessage(port);
