// Sources import './x.js' while only './x.ts' exists before a build: fall back to .ts, nothing else is touched.
module.exports = (request, options) => {
  try {
    return options.defaultResolver(request, options);
  } catch (error) {
    if (/^\.{1,2}\/.*\.js$/.test(request)) return options.defaultResolver(`${request.slice(0, -3)}.ts`, options);
    throw error;
  }
};
