// Which devDependencies a built package carries along instead of asking for them: read by the build, by the boundary check and by the check of what is packed.

const CARRIED = { kernels: ['ml-matrix', '@stdlib/'] }

/** The packages that `packages/<name>` carries along. */
export const carriedBy = ({ name, manifest }) => Object.keys(manifest.devDependencies ?? {})
  .filter((dependency) => (CARRIED[name] ?? []).some((each) => dependency === each || (each.endsWith('/') && dependency.startsWith(each))))
