import Type, { type Static } from 'typebox';

/** What a destination may be called: part of a key, and of what people read. */
export const DESTINATION_NAME = '^[a-z0-9][a-z0-9-]{0,39}$';

const Text = (pattern: string, description: string) => Type.String({ pattern, maxLength: 500, description });
const Address = Text('^[^\\s@<>]+@[^\\s@<>]+$', 'an address like office@example.org');
/** Whoever has none leaves both out. */
const login = {
  username: Type.Optional(Text('\\S', 'a name')),
  password: Type.Optional(Text('\\S', 'a password')),
};
const closed = { additionalProperties: false };

/** Storage that speaks S3: files lie there as they lie in the folder of exports, below `prefix`. */
export const S3 = Type.Object(
  {
    kind: Type.Literal('s3'),
    endpoint: Text('^https?://[^\\s@/]+/?$', 'an address like https://s3.example.org'),
    bucket: Text('^[a-z0-9][a-z0-9.-]{2,62}$', 'the name of a bucket'),
    region: Type.Optional(Text('^[a-z0-9-]{1,40}$', 'a region like eu-central-1; us-east-1 if not given')),
    prefix: Type.Optional(Text('^([\\w.-]+/)*$', 'empty, or a path that ends with /')),
    accessKey: Text('^\\S+$', 'a key'),
    secretKey: Text('^\\S+$', 'a key'),
  },
  closed,
);
export type S3 = Static<typeof S3>;

/** An address that is told of each revision, by a request that is signed as Standard Webhooks has it. */
export const Webhook = Type.Object(
  {
    kind: Type.Literal('webhook'),
    url: Text(
      '^https?://[^\\s@/?#]+([/?#]\\S*)?$',
      'an address like https://example.org/hook, with no name and password in it',
    ),
    secret: Text('^whsec_[A-Za-z0-9+/]{32,88}={0,2}$', 'whsec_ and 24 to 64 bytes in base64'),
  },
  closed,
);
export type Webhook = Static<typeof Webhook>;

/** People who get a mail for each revision. */
export const Mail = Type.Object(
  {
    kind: Type.Literal('mail'),
    server: Text('^smtps?://[^\\s@/]+/?$', 'smtps://host:465, or smtp://host:587'),
    ...login,
    from: Text('^[^\\s@<>]+@[^\\s@<>]+$|^[^<>\\r\\n]+<[^\\s@<>]+@[^\\s@<>]+>$', 'an address, or Name <address>'),
    to: Type.Array(Address, { minItems: 1, maxItems: 50, uniqueItems: true }),
  },
  closed,
);
export type Mail = Static<typeof Mail>;

/** A topic of an MQTT broker, under which each message is published. */
export const Mqtt = Type.Object(
  {
    kind: Type.Literal('mqtt'),
    url: Text('^mqtts?://[^\\s/@?#]+$', 'mqtt://host:1883 or mqtts://host:8883'),
    topic: Text('^[^+#\\s]+$', 'a topic without + and #'),
    ...login,
    retain: Type.Optional(Type.Boolean()),
  },
  closed,
);
export type Mqtt = Static<typeof Mqtt>;

/** A topic of Kafka, into which each message is put. */
export const KafkaTopic = Type.Object(
  {
    kind: Type.Literal('kafka'),
    brokers: Text('^[^\\s:/,]+:\\d{1,5}(, *[^\\s:/,]+:\\d{1,5})*$', 'host:port, host:port, …'),
    topic: Text('^[\\w.-]{1,200}$', 'the name of a topic'),
    ...login,
    mechanism: Type.Optional(
      Type.Unsafe<'plain' | 'scram-sha-256' | 'scram-sha-512'>({
        type: 'string',
        enum: ['plain', 'scram-sha-256', 'scram-sha-512'],
        description: 'plain, scram-sha-256 or scram-sha-512',
      }),
    ),
    tls: Type.Optional(Type.Boolean()),
  },
  closed,
);
export type KafkaTopic = Static<typeof KafkaTopic>;

export const DESTINATION_KINDS = { s3: S3, webhook: Webhook, mail: Mail, mqtt: Mqtt, kafka: KafkaTopic } as const;
/** Where files go after they were published, and who is told when a rule holds, with what it takes to get there. Never shown, never kept. */
export type Destination = { name: string } & (S3 | Webhook | Mail | Mqtt | KafkaTopic);

/** What everybody may know of a destination: `where` names a host, never an address that opens anything. */
export const DestinationShown = Type.Object({
  name: Type.String(),
  kind: Type.Unsafe<Destination['kind']>({ type: 'string', enum: Object.keys(DESTINATION_KINDS) }),
  where: Type.String(),
  /** it is told of failures */
  announces: Type.Boolean(),
});
export type DestinationShown = Static<typeof DestinationShown>;
