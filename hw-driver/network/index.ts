/** Networks of switches as files: read, checked, and planned for the control plane of each switch. */
export { checkField, type Field, type Mistake, nameHint, schemaOf } from './fields.js';
export { type JsonPath, JsonPlaces, pathText } from './json-places.js';
export {
  DEFAULT_LINK_QUEUE_BYTES,
  DEFAULT_NETWORK_SEED,
  DEFAULT_OPERATIONS_PER_SECOND,
  type EventEntry,
  type HostEntry,
  NETWORK_SCHEMA,
  type NetworkFile,
  networkSchema,
  type SwitchEntry,
} from './network-file.js';
export { type NetworkFiles, type PlannedChange, PlannedSwitch } from './planned-switch.js';
export {
  mistakesError,
  mistakesText,
  NetworkError,
  networkFromText,
  type ReadNetwork,
  readNetwork,
} from './read-network.js';
export { linkName, linkOf, type PortName, portNameOf } from './topology.js';
