/**
 * Encrypted connections. Without certificates, anyone who can connect to a port can use it, and the traffic can be
 * read.
 */
import { ChannelCredentials, ServerCredentials } from '@grpc/grpc-js';

/** Contents of files in PEM. */
export interface Tls {
  /** Certificate authority of the peer; by default those that the system trusts. */
  readonly ca?: Buffer | undefined;
  /** Certificate of this side. */
  readonly certificate?: Buffer | undefined;
  readonly key?: Buffer | undefined;
}

/** Credentials of a client. @throws for contents that are not PEM */
export function channelCredentials(tls: Tls | undefined): ChannelCredentials {
  if (tls === undefined) return ChannelCredentials.createInsecure();
  return ChannelCredentials.createSsl(tls.ca ?? null, tls.key ?? null, tls.certificate ?? null);
}

/**
 * Credentials of a server; with a CA, clients need a certificate.
 * @throws for contents that are not PEM, or without a key
 */
export function serverCredentials(tls: Tls | undefined): ServerCredentials {
  if (tls === undefined) return ServerCredentials.createInsecure();
  const { ca, certificate, key } = tls;
  if (certificate === undefined || key === undefined) throw new Error('a server needs a certificate and its key');
  return ServerCredentials.createSsl(ca ?? null, [{ cert_chain: certificate, private_key: key }], ca !== undefined);
}
