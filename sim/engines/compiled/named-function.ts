/** A function of generated code; profiles show its name. @param parameters separated by commas */
export const namedFunction = (name: string, parameters: string, body: string): unknown =>
  new Function(`return function ${name}(${parameters}) {\n${body}\n}`)();
