/** What the tests need of it; it comes without types. */
declare module 'oidc-provider' {
  import type { RequestListener } from 'node:http';

  type Options = { findAccount(context: unknown, id: string): unknown; [name: string]: unknown };
  export class Provider {
    constructor(issuer: string, options: Options);
    callback(): RequestListener;
  }
}
