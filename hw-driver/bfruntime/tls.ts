/** Encrypted connections. Without certificates, anyone who reaches a port can use it, and read along. */
import { ChannelCredentials, ServerCredentials } from '@grpc/grpc-js';

/** Contents of files in PEM. */
export interface Tls {
  /** Who has signed the certificates that the other side may have; by default those whom the system trusts. */
  readonly ca?: Buffer | undefined;
  /** Who this side is. */
  readonly certificate?: Buffer | undefined;
  readonly key?: Buffer | undefined;
}

/** @throws for contents that are no PEM */
export function channelCredentials(tls: Tls | undefined): ChannelCredentials {
  if (tls === undefined) return ChannelCredentials.createInsecure();
  return ChannelCredentials.createSsl(tls.ca ?? null, tls.key ?? null, tls.certificate ?? null);
}

/** With a CA, clients need a certificate of theirs. @throws for contents that are no PEM, or without a key */
export function serverCredentials(tls: Tls | undefined): ServerCredentials {
  if (tls === undefined) return ServerCredentials.createInsecure();
  const { ca, certificate, key } = tls;
  if (certificate === undefined || key === undefined) throw new Error('a server needs a certificate and its key');
  return ServerCredentials.createSsl(ca ?? null, [{ cert_chain: certificate, private_key: key }], ca !== undefined);
}
