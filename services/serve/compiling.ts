import ajvCompiler from '@fastify/ajv-compiler';
import serializerSelector from '@fastify/fast-json-stringify-compiler';

type Factory = {
  buildValidator: ReturnType<typeof ajvCompiler>;
  buildSerializer: ReturnType<typeof serializerSelector>;
};

/** Fastify's `schemaController`. */
export type Compiling = { compilersFactory?: Factory };

/**
 * Fastify's own compilers of what a route takes and answers, each called when a route is first asked: to compile
 * all of them takes a second before the port is open, and most are not asked in a process's life.
 */
export function whenAsked(): Compiling {
  const [validators, serializers] = [ajvCompiler(), serializerSelector()];
  return {
    compilersFactory: {
      buildValidator: (schemas, options) => {
        const compile = validators(schemas, options);
        return (route) => validating(() => compile(route));
      },
      buildSerializer: (schemas, options) => {
        const compile = serializers(schemas, options);
        return (route) => {
          let write: ReturnType<typeof compile> | undefined;
          return (body) => {
            write ??= compile(route);
            return write(body);
          };
        };
      },
    },
  };
}

type Validate = ReturnType<ReturnType<Factory['buildValidator']>>;

/** Fastify gives what a whole part belongs to, so that it may be coerced too, to those that have a `schemaEnv`. */
function validating(compile: () => Validate): Validate {
  let check: Validate | undefined;
  const validate = ((data, context) => {
    check ??= compile();
    const isRight = check(data, context);
    validate.errors = check.errors ?? null;
    return isRight;
  }) as Validate;
  return Object.assign(validate, { schemaEnv: {} });
}
