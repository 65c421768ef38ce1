/** The language service for given settings. */
import { type CompiledProgram, type DataPlane, DEFAULT_LINK_OPTIONS } from '../../compiler/index.js';
import { type LanguageService, languageService, type TrialOptions } from '../../compiler/service/index.js';
import type { ServerHost } from './host.js';
import type { ServerSettings } from './settings.js';

export interface Workspace {
  readonly service: LanguageService;
  readonly dataPlane: DataPlane;
  readonly running: readonly CompiledProgram[];
  readonly options: TrialOptions;
}

/** @param folder base of relative file names @throws Error with a sentence for the user */
export async function workspaceOf(
  settings: ServerSettings,
  host: ServerHost,
  folder: string | undefined,
): Promise<Workspace> {
  const dataPlane = host.dataPlane(settings.dataplane, folder);
  const { recirculations } = settings;
  const most = 2 ** dataPlane.description.state.recirculationIdBits - 1;
  if (recirculations > most) {
    throw new RangeError(
      `p4runpro.recirculations is ${recirculations}, at most ${most} in data plane '${dataPlane.name}'`,
    );
  }
  const allocator = await host.allocator(settings.allocator, folder);
  const options = { ...DEFAULT_LINK_OPTIONS, allocator, recirculations };
  const running = host.running(settings.state, dataPlane, folder);
  return { service: languageService(dataPlane, { ...options, running }), dataPlane, running, options };
}
