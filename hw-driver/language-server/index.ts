/** The language server, over any connection. */
export type { ServerHost } from './host.js';
export { serveLanguage } from './server.js';
export type { ServerSettings } from './settings.js';
