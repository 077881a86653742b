/**
 * The one thing that the libraries call and Chrome before 93 and Safari before 15.4 lack. Imported
 * before everything else; test/dist.test.ts runs the bundle without it and without what is newer.
 */
if (!("hasOwn" in Object)) {
  Object.defineProperty(Object, "hasOwn", {
    value: (object: object, key: PropertyKey) => Object.prototype.hasOwnProperty.call(object, key),
  });
}

export {};
