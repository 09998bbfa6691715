/** As much of an Ajv as this needs. */
interface Compiling {
  compile(schema: never, meta?: boolean): Validate
}
type Validate = ((data: never) => unknown) & { errors?: unknown }

/**
 * Makes the validator of a schema when the first request needs it. All of them at once are half of the time that it takes
 * to start the service, and most routes are not called for hours. A schema that cannot be compiled is found by the tests,
 * which call every route.
 */
export function compileWhenNeeded(ajv: Compiling): void {
  const compile = ajv.compile.bind(ajv)
  ajv.compile = (schema, meta) => {
    let made: Validate | undefined
    const validate: Validate = (data) => {
      made ??= compile(schema, meta)
      const isValid = made(data)
      // Fastify reads the faults from the function that it was given.
      validate.errors = made.errors
      return isValid
    }
    return validate
  }
}
